import { SpdyHeaderCodec } from '../../../../lib/local/api-server/port-forward/spdy-headers';
import { SpdySession, type SpdyStream } from '../../../../lib/local/api-server/port-forward/spdy-session';

async function synStream(codec: SpdyHeaderCodec, id: number): Promise<Buffer> {
  const content = Buffer.concat([Buffer.alloc(10), await codec.encode({ streamtype: 'data' })]);
  content.writeUInt32BE(id);
  const head = Buffer.from([0x80, 3, 0, 1, 0, 0, 0, 0]);
  head.writeUIntBE(content.length, 5, 3);
  return Buffer.concat([head, content]);
}

const fin = (id: number): Buffer => Buffer.from([0, 0, 0, id, 1, 0, 0, 0]);

test('a stream is forgotten once both sides have ended it, in either order', async () => {
  const codec = new SpdyHeaderCodec();
  let opened: (stream: SpdyStream) => void = () => {};
  const session = new SpdySession(
    async () => {},
    (stream) => opened(stream),
    (error) => {
      throw error;
    },
  );
  const open = async (id: number): Promise<SpdyStream> => {
    const frame = await synStream(codec, id);
    return new Promise((resolve) => {
      opened = resolve;
      session.receive(frame);
    });
  };
  const ended = (stream: SpdyStream) => new Promise<void>((resolve) => (stream.onEnd = resolve));
  const [one, two] = [await open(1), await open(3)];
  expect(session.open).toBe(2);
  await one.end();
  expect(session.open).toBe(2);
  const oneEnded = ended(one);
  session.receive(fin(1));
  await oneEnded;
  const twoEnded = ended(two);
  session.receive(fin(3));
  await twoEnded;
  expect(session.open).toBe(1);
  await two.end();
  expect(session.open).toBe(0);
  session.close();
  codec.close();
});
