import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RealClock, systemRandom } from '../../lib/base';
import { until } from './support/real-system';
import { buildProgram, programEnv } from './support/storm';

/** A few in the ordinary suite; KNC_CHAOS_KILLS=50 has more. */
const KILLS = Number(process.env['KNC_CHAOS_KILLS'] ?? 3);
const PRODUCERS = 8;
const LONGEST_MS = 900;
const FOLDER = mkdtempSync(path.join(tmpdir(), 'eventing-'));
const GOT = path.join(FOLDER, 'got');
const clock = new RealClock();
const acknowledged: string[] = [];

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** A platform in a process of its own. */
class Platform {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #said = '';

  constructor(program: string) {
    const args = [program, path.join(FOLDER, 'state'), GOT];
    this.#child = spawn(process.execPath, args, { env: programEnv, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
    this.#closed = once(this.#child, 'close');
  }

  url(): Promise<string> {
    return until('the platform to be ready', () => this.#said.endsWith('\n') && this.#said.trim(), 30_000);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

/** The status, or undefined if no answer came. */
function publish(url: string, agent: http.Agent, id: string, subject: string): Promise<number | undefined> {
  const headers = {
    host: 'broker-ingress.knative-eventing.svc.cluster.local',
    ...{ 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/chaos', 'ce-type': 't', 'ce-subject': subject },
  };
  return new Promise((resolve) => {
    const request = http.request(`${url}/default/orders`, { method: 'POST', headers, agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
      response.on('error', () => resolve(undefined));
    });
    request.on('error', () => resolve(undefined));
    request.end('{}');
  });
}

/** Sends one event after the other until there is no answer any more. */
async function produce(url: string, agent: http.Agent, subject: string): Promise<void> {
  for (let step = 0; ; step++) {
    const id = `${subject}/${String(step).padStart(6, '0')}`;
    if ((await publish(url, agent, id, subject)) !== 202) return;
    acknowledged.push(id);
  }
}

const delivered = (): string[] => (existsSync(GOT) ? readFileSync(GOT, 'utf8').split('\n').filter(Boolean) : []);

test(
  `${KILLS} kills while events pour in: every acknowledged event is delivered, in order for each subject`,
  async () => {
    const program = path.join(FOLDER, 'platform.js');
    buildProgram(path.join(__dirname, 'support/eventing-child.ts'), program);
    for (let run = 0; run < KILLS; run++) {
      const platform = new Platform(program);
      const url = await platform.url();
      const agent = new http.Agent({ keepAlive: true, maxSockets: PRODUCERS });
      const producers = Array.from({ length: PRODUCERS }, (_, i) => produce(url, agent, `run-${run}-${i}`));
      await clock.sleep(100 + systemRandom.next() * LONGEST_MS);
      await platform.kill();
      await Promise.all(producers);
      agent.destroy();
    }
    const last = new Platform(program);
    await last.url();
    try {
      const missing = () => {
        const got = new Set(delivered());
        return acknowledged.filter((id) => !got.has(id));
      };
      await until('everything to be delivered', () => missing().length === 0, 30_000).catch(() => undefined);
      expect(missing()).toEqual([]);
    } finally {
      await last.kill();
    }
    const first = [...new Set(delivered())];
    for (const subject of new Set(first.map((id) => id.split('/')[0]))) {
      const own = first.filter((id) => id.startsWith(`${subject}/`));
      expect(own).toEqual([...own].sort());
    }
    expect(acknowledged.length).toBeGreaterThan(KILLS * 10);
    process.stdout.write(`${KILLS} kills, ${acknowledged.length} events acknowledged, ${delivered().length} deliveries\n`);
  },
  60_000 + KILLS * 10_000,
);
