import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

/**
 * Resolves names, and fails with what `trouble` finds wrong with any of the addresses, so that the address that was checked is the one
 * that is dialled. Literal addresses are not looked up: check them before.
 *
 * @param resolve how names are resolved. Default: as the system does it
 */
export function checkedLookup(
  trouble: (address: string, hostname: string) => Error | undefined,
  resolve: LookupFunction = lookup as LookupFunction,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const addresses = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found;
      for (const { address } of addresses) {
        const refused = trouble(address, hostname);
        if (refused) return callback(refused, '', 0);
      }
      if (options.all) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}
