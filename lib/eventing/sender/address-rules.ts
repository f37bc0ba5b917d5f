import { type AddressRules, addressVerdict, endpointText } from '../../base/address-rules';

export type { AddressRules } from '../../base/address-rules';

/** Why nothing may be sent to this address, or undefined if it may. */
export function addressTrouble(address: string, port: number, rules: AddressRules): string | undefined {
  const endpoint = endpointText(address, port);
  const verdict = addressVerdict(address, port, rules);
  if (verdict === 'denied') return `${endpoint} is no place for events`;
  return verdict && `${endpoint} is an address of this machine, its link or its cloud; sinks there are refused`;
}
