/** Colours have a contrast of at least 4.5 : 1 on their ground, in light and in dark. */
export const style = `:root {
  --ground: #f6f7f9; --panel: #fff; --line: #c9ced6; --text: #1a2029; --soft: #566070;
  --accent: #0b5cad; --on-accent: #fff; --good: #14713a; --bad: #b3261e; --warn: #8a5300; --wait: #566070;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c; --panel: #1b2129; --line: #3b4552; --text: #e8ecf1; --soft: #a3aebb;
    --accent: #7db7f5; --on-accent: #0d1a28; --good: #6fd394; --bad: #ff9a92; --warn: #f0b45b; --wait: #a3aebb;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem 1.25rem 3rem; background: var(--ground); color: var(--text); font: 1rem/1.45 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; padding-bottom: .75rem; border-bottom: 1px solid var(--line); }
header p { margin: 0; color: var(--soft); }
h1 { margin: 0; font-size: 1.35rem; }
h2 { margin: 0; font-size: 1.1rem; line-height: 2.4rem; }
h3 { margin: .15rem 0 .35rem; font-size: 1rem; overflow-wrap: anywhere; }
code, pre, dd, textarea { font-family: ui-monospace, monospace; font-size: .875rem; }
code, dd { overflow-wrap: anywhere; }
main { display: grid; grid-template-columns: minmax(17rem, 25rem) minmax(0, 1fr); gap: 2rem; margin-top: 1.25rem; align-items: start; }
@media (max-width: 48rem) { main { grid-template-columns: minmax(0, 1fr); } }
form { display: grid; }
label { margin-top: .75rem; font-weight: 600; }
.hint { color: var(--soft); font-weight: 400; font-size: .875rem; }
input, textarea, select, button { font: inherit; color: inherit; border: 1px solid var(--soft); border-radius: .375rem; padding: .4rem .6rem; background: var(--panel); min-width: 0; }
input, textarea, select { width: 100%; margin-top: .2rem; }
textarea { font-family: ui-monospace, monospace; font-size: .875rem; resize: vertical; }
[aria-invalid] { border-color: var(--bad); outline: 1px solid var(--bad); }
button { cursor: pointer; white-space: nowrap; }
button:disabled { opacity: .6; cursor: progress; }
#send { margin-top: 1rem; padding: .6rem; background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.beside { display: flex; gap: .5rem; align-items: center; justify-content: space-between; }
.beside input { flex: 1; margin: .2rem 0 0; }
.beside input + button { margin-top: .2rem; }
.pair { display: grid; grid-template-columns: 1fr 2fr; gap: .75rem; }
.pair > div { display: grid; }
.problem { margin: .2rem 0 0; color: var(--bad); font-size: .875rem; overflow-wrap: anywhere; }
.problem:empty { display: none; }
#said { min-height: 3rem; margin: .6rem 0 0; overflow-wrap: anywhere; }
#summary { margin: .4rem 0 .75rem; color: var(--soft); }
#messages { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: minmax(0, 1fr); gap: .75rem; }
.card { background: var(--panel); border: 1px solid var(--line); border-inline-start: .3rem solid; border-radius: .375rem; padding: .6rem .9rem; }
.card.good { border-inline-start-color: var(--good); }
.card.bad { border-inline-start-color: var(--bad); }
.card.warn { border-inline-start-color: var(--warn); }
.card.wait { border-inline-start-color: var(--wait); }
.fate { display: flex; gap: .5rem; align-items: baseline; margin: 0; }
.icon { width: 1.1em; text-align: center; font-weight: 700; }
time { margin-inline-start: auto; color: var(--soft); font-variant-numeric: tabular-nums; font-size: .875rem; }
#said.good, #state.good, .good .icon, .good strong { color: var(--good); }
.bad, .bad .icon, .bad strong, .bad .note { color: var(--bad); }
.card.bad { color: inherit; }
.warn .icon, .warn strong { color: var(--warn); }
.wait .icon, .wait strong { color: var(--wait); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0 .75rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
.note { margin: .35rem 0 0; overflow-wrap: anywhere; }
.note:empty { display: none; }
details { margin-top: .4rem; }
summary { cursor: pointer; width: max-content; color: var(--accent); }
pre { margin: .4rem 0 0; max-height: 24rem; overflow: auto; padding: .6rem; border: 1px solid var(--line); border-radius: .375rem; background: var(--ground); }
`;
