#!/bin/bash
# Makes an image of Node and one script, or of a folder of scripts of which its arguments name one: image.sh NAME SCRIPT|FOLDER.
# Its base is this machine's own node with the libraries that it needs.
set -e
HERE=$(dirname "$(readlink -f "$0")"); . "$HERE/env.sh"
NAME=$1; SCRIPT=$(readlink -f "$2")
[ -f "$IMAGES/$NAME.tar" ] && [ -z "$(find "$SCRIPT" -newer "$IMAGES/$NAME.tar")" ] && exit 0
mkdir -p "$IMAGES"
W=$RIG_HOME/build/image-$NAME; rm -rf "$W"; mkdir -p "$W/usr/bin" "$W/app" "$W/tmp"; chmod 1777 "$W/tmp"
node=$(readlink -f "$(command -v node)")
cp "$node" "$W/usr/bin/node"
for lib in $(ldd "$node" | grep -o '/[^ ]*'); do mkdir -p "$W$(dirname "$lib")"; cp -L "$lib" "$W$lib"; done
if [ -d "$SCRIPT" ]; then cp "$SCRIPT"/*.js "$W/app/"; entry='"/usr/bin/node"'
else cp "$SCRIPT" "$W/app/main.js"; entry='"/usr/bin/node", "/app/main.js"'; fi
printf 'FROM scratch\nCOPY . /\nWORKDIR /app\nUSER 65532\nENTRYPOINT [%s]\n' "$entry" >"$RIG_HOME/build/Containerfile.$NAME"
buildah --storage-driver overlay bud --isolation chroot -q -t "registry.local/$NAME:1" -f "$RIG_HOME/build/Containerfile.$NAME" "$W"
buildah --storage-driver overlay push -q "registry.local/$NAME:1" "oci-archive:$IMAGES/$NAME.tar:registry.local/$NAME:1"
