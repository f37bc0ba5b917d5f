import { errorMessage } from '../../base';
import { compileFilters } from '../../expr';
import { type CloudEvent, filterEvent } from '../cloud-event';
import type { AccessRefusal, Receiver, ReceiverPolicy, Refusal } from './receiver';

/** Tells who a token was made for, and whose it is. */
export interface TokenVerifier {
  /** The subject of a token that is genuine, valid now and made for this audience; else what is wrong with it. Rejects if nobody can say. */
  verify(token: string, audience: string, from?: string): Verdict | Promise<Verdict>;
}

type Verdict = { readonly subject: string } | { readonly problem: string };

const BEARER = /^Bearer +([^\s]+) *$/i;
const ACCOUNT = 'system:serviceaccount:';

type Test = (event: CloudEvent) => boolean;

/** Lets events in as Knative's receivers do where the feature authentication-oidc is on. Keeps nothing between events. */
export class Gatekeeper {
  readonly #tests = new WeakMap<ReceiverPolicy, Test>();

  constructor(private readonly verifier: TokenVerifier) {}

  /**
   * Why an event is not let in; undefined if it is. There must be a token for the receiver's audience; its subject and the event must fit
   * at least one of the policies. Without any policy the default mode decides.
   *
   * @param authorization the header of that name
   * @param from the address of who sends
   */
  refusal(receiver: Receiver, authorization: string | undefined, event: CloudEvent, from?: string): Refusal {
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (!token)
      return { status: 401, reason: `no token found in the request: ${receiver.name} wants one for ${audienceText(receiver)}` };
    const verdict = this.verifier.verify(token, receiver.audience, from);
    if (!(verdict instanceof Promise)) return this.#decided(receiver, verdict, event);
    return verdict.then(
      (known) => this.#decided(receiver, known, event),
      (error: unknown) => ({ status: 503, reason: `the token cannot be reviewed now: ${errorMessage(error)}` }),
    );
  }

  #decided(receiver: Receiver, verdict: Verdict, event: CloudEvent): AccessRefusal | undefined {
    if ('problem' in verdict) return { status: 401, reason: `the token is refused: ${verdict.problem}` };
    const reason = this.#forbidden(receiver, verdict.subject, event);
    return reason === undefined ? undefined : { status: 403, reason };
  }

  #forbidden(receiver: Receiver, subject: string, event: CloudEvent): string | undefined {
    const { name, policies } = receiver;
    if (policies.length === 0) return forbiddenByMode(receiver, subject);
    const own = policies.filter(
      ({ problem, subjects }) => problem === undefined && subjects.some((one) => subjectFits(one, subject)),
    );
    if (own.some((policy) => this.#test(policy)(event))) return undefined;
    if (own.length > 0)
      return `${subject} may send to ${name}, but not this event: it does not fit the filters of ${policyNames(own)}`;
    const unready = policies.filter(({ problem }) => problem !== undefined);
    const why = unready.map((policy) => `${policy.name} is not ready: ${policy.problem}`).join('; ');
    return `${subject} may not send to ${name}: ${policyNames(policies)} ${policies.length === 1 ? 'does' : 'do'} not name it${why && ` (${why})`}`;
  }

  #test(policy: ReceiverPolicy): Test {
    const known = this.#tests.get(policy);
    if (known) return known;
    const wants = compileFilters(policy.filters);
    const test: Test = (event) => wants(filterEvent(event)).matches;
    this.#tests.set(policy, test);
    return test;
  }
}

const audienceText = ({ audience }: Receiver): string => `the audience ${JSON.stringify(audience)}`;

const policyNames = (policies: readonly ReceiverPolicy[]): string =>
  `${policies.length === 1 ? 'policy' : 'policies'} ${policies.map(({ name }) => name).join(', ')}`;

/** Whether a subject of a policy stands for the subject of a token (knative.dev/eventing/pkg/auth SubjectAndFiltersPass). */
function subjectFits(wanted: string, subject: string): boolean {
  if (wanted.toLowerCase() === subject.toLowerCase()) return true;
  return wanted.endsWith('*') && subject.startsWith(wanted.slice(0, -1));
}

function forbiddenByMode({ name, namespace, mode }: Receiver, subject: string): string | undefined {
  if (mode === 'allow-all' || (mode === 'allow-same-namespace' && subject.startsWith(`${ACCOUNT}${namespace}:`)))
    return undefined;
  const rest = mode === 'deny-all' ? 'denies everybody' : `lets only service accounts of namespace ${namespace} send`;
  return `${subject} may not send to ${name}: no policy is about it, and default-authorization-mode ${mode} ${rest}`;
}
