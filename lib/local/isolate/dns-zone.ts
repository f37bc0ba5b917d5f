import { type Answer, AUTHORITATIVE_ANSWER, type DecodedPacket, type Packet, RECURSION_AVAILABLE } from 'dns-packet';

/** What a name stands for: addresses, or another name. Neither: it has no address of the kind that is asked for. */
export interface DnsName {
  readonly addresses?: readonly string[];
  readonly alias?: string;
}

/** Says what a name of the cluster stands for (in lower case, without a dot at its end); undefined: there is no such name. */
export type NameLookup = (name: string) => Promise<DnsName | undefined>;

/** Asks another server for the IPv4 addresses of a name that is not the cluster's. */
export type OutsideLookup = (name: string) => Promise<readonly Answer[]>;

const ZONE = 'cluster.local';
/** How long answers may be kept, in seconds; CoreDNS says the same in a cluster. */
const TTL = 5;
const NXDOMAIN = 3;
const RECURSION_DESIRED = 1 << 8;
/** How many aliases are followed. */
const MAX_ALIASES = 8;

const normal = (name: string): string => name.toLowerCase().replace(/\.$/, '');

const isInZone = (name: string): boolean => name === ZONE || name.endsWith(`.${ZONE}`);

/** The names of the cluster: answers questions about them as a cluster's DNS does. */
export class DnsZone {
  constructor(
    private readonly lookup: NameLookup,
    private readonly outside: OutsideLookup,
  ) {}

  /** The answer, or undefined if the question is about somebody else's name. */
  async answer(query: DecodedPacket): Promise<Packet | undefined> {
    const question = query.questions?.[0];
    if (!question || !isInZone(normal(question.name))) return undefined;
    const answers: Answer[] = [];
    const exists = await this.#resolve(question.name, question.type === 'A', answers, 0);
    const asked = (query.flags ?? 0) & RECURSION_DESIRED;
    const flags = asked | AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | (exists ? 0 : NXDOMAIN);
    const authorities = answers.length > 0 ? [] : [AUTHORITY];
    return { type: 'response', id: query.id ?? 0, flags, questions: [question], answers, authorities };
  }

  /** Adds what leads from a name to its addresses; returns false if there is no such name. */
  async #resolve(name: string, wantsAddresses: boolean, answers: Answer[], depth: number): Promise<boolean> {
    const found = await this.lookup(normal(name));
    if (!found) return false;
    if (found.alias !== undefined) {
      if (depth === MAX_ALIASES || normal(found.alias) === normal(name)) return true;
      answers.push({ name, type: 'CNAME', ttl: TTL, data: normal(found.alias) });
      if (isInZone(normal(found.alias))) await this.#resolve(normal(found.alias), wantsAddresses, answers, depth + 1);
      else if (wantsAddresses) answers.push(...(await this.outside(normal(found.alias))));
    } else if (wantsAddresses) {
      for (const data of found.addresses ?? []) answers.push({ name, type: 'A', ttl: TTL, data });
    }
    return true;
  }
}

/** Who is responsible for the zone; says too how long it may be remembered that a name does not exist. */
const AUTHORITY: Answer = {
  name: ZONE,
  type: 'SOA',
  ttl: TTL,
  data: {
    mname: `ns.dns.${ZONE}`,
    rname: `hostmaster.${ZONE}`,
    serial: 1,
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: TTL,
  },
};
