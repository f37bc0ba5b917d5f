import type { Server } from 'node:http';

/** Ends the process on SIGTERM once every request under way is answered. */
export function exitGracefully(server: Server): void {
  process.once('SIGTERM', () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}
