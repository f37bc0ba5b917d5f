import net, { type AddressInfo } from 'node:net';
import { choosePort } from '../../../../lib/cli/dev/choose-port';

let server: net.Server;
let taken: number;
let free: number;
beforeAll(async () => {
  const listening = () =>
    new Promise<net.Server>((resolve) => {
      const made = net.createServer().listen(0, '127.0.0.1', () => resolve(made));
    });
  server = await listening();
  taken = (server.address() as AddressInfo).port;
  const other = await listening();
  free = (other.address() as AddressInfo).port;
  await new Promise((resolve) => other.close(resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test('the port asked for is taken if it is free', async () => {
  expect(await choosePort('127.0.0.1', free)).toBe(free);
  expect(await choosePort('127.0.0.1', 0)).toBe(0);
});

test('without one, the first of the usual ones that is free', async () => {
  expect(await choosePort('127.0.0.1', undefined, [taken, free])).toBe(free);
});

test('a port that another program has is a clear error', async () => {
  await expect(choosePort('127.0.0.1', taken)).rejects.toMatchObject({
    code: 'KNC4005',
    message: `port ${taken} is used by another program`,
  });
  await expect(choosePort('127.0.0.1', undefined, [taken, taken])).rejects.toMatchObject({
    message: `port ${taken} is used by another program, port ${taken} is used by another program`,
  });
});
