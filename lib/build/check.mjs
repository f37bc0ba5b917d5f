// `npm run typecheck` and `npm run lint` at the same time; prints what each has to say, and fails if one does.
import { spawn } from 'node:child_process';

const run = (script) =>
  new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (status) => resolve({ script, status, output }));
  });

for (const { script, status, output } of await Promise.all(['typecheck', 'lint'].map(run))) {
  console.log(`${script}: ${status === 0 ? 'ok' : 'failed'}`);
  if (status === 0) continue;
  console.log(output);
  process.exitCode = 1;
}
