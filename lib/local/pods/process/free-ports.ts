import net from 'node:net';

/** Ports of this machine on which nobody listens, each given away once. */
export class FreePorts {
  readonly #taken = new Set<number>();

  /** A port of 127.0.0.1 that is free now and that nobody else gets from here until `release`. */
  async take(): Promise<number> {
    for (;;) {
      const port = await bound(0);
      if (port === undefined) throw new Error('no free port on 127.0.0.1');
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      return port;
    }
  }

  release(port: number): void {
    this.#taken.delete(port);
  }

  /** Whether somebody else has taken the port meanwhile. */
  async lost(port: number): Promise<boolean> {
    return (await bound(port)) === undefined;
  }
}

/** Listens for a moment; resolves with the port, or undefined if that is not possible. */
function bound(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.on('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const { port: got } = server.address() as net.AddressInfo;
      server.close(() => resolve(got));
    });
  });
}
