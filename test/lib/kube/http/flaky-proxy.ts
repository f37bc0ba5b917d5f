import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { type Random, randomInt } from '../../../../lib/base';

/** A TCP proxy that cuts each connection after a random number of bytes of its answer, wherever in a message that is. */
export class FlakyProxy {
  cuts = 0;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();

  static async start(target: () => string, random: Random, bytes: number): Promise<FlakyProxy> {
    const proxy = new FlakyProxy(target, random, bytes);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  private constructor(target: () => string, random: Random, bytes: number) {
    this.#server = net.createServer((client) => {
      const upstream = net.connect(Number(new URL(target()).port), '127.0.0.1');
      let left = randomInt(random, bytes);
      const end = () => {
        client.destroy();
        upstream.destroy();
      };
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on('error', end).on('close', () => {
          this.#sockets.delete(socket);
          end();
        });
      }
      client.pipe(upstream);
      upstream.on('data', (chunk) => {
        client.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left > 0) return;
        this.cuts++;
        client.destroySoon();
        upstream.destroy();
      });
    });
  }

  /** The same kubeconfig, but through this proxy. */
  kubeconfig(file: string): string {
    const through = `${file}.proxy`;
    const { port } = this.#server.address() as net.AddressInfo;
    writeFileSync(through, readFileSync(file, 'utf8').replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`));
    return through;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
