/** The page without its events. Whatever an event says is put in by the program, as text. */
export const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>CloudEvents player</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="player.css">
<script type="module" src="player.js"></script>
</head>
<body>
<header>
<h1>CloudEvents player</h1>
<p>Sends to <code id="broker">…</code></p>
<p id="state" class="wait" role="status">Connecting</p>
</header>
<noscript><p class="bad">This page needs JavaScript. Without it: <code>GET /messages</code> lists events, <code>POST /messages</code> sends one.</p></noscript>
<main>
<section aria-labelledby="make">
<h2 id="make">Make an event</h2>
<form id="form" novalidate autocomplete="off">
<label for="type">Type</label>
<input id="type" value="dev.example.greeting" required aria-describedby="type-problem">
<p id="type-problem" class="problem"></p>
<label for="source">Source</label>
<input id="source" value="/cloudevents-player" required aria-describedby="source-problem">
<p id="source-problem" class="problem"></p>
<label for="id">ID</label>
<div class="beside"><input id="id" required aria-describedby="id-problem"><button id="renew" type="button">New ID</button></div>
<p id="id-problem" class="problem"></p>
<label for="subject">Subject <span class="hint">optional</span></label>
<input id="subject">
<label for="extensions">Extensions <span class="hint">optional, one name=value per line</span></label>
<textarea id="extensions" rows="2" spellcheck="false" aria-describedby="extensions-problem"></textarea>
<p id="extensions-problem" class="problem"></p>
<label for="data">Data <span class="hint">optional</span></label>
<textarea id="data" rows="5" spellcheck="false" aria-describedby="data-problem">{ "message": "Hello" }</textarea>
<p id="data-problem" class="problem"></p>
<div class="pair">
<div><label for="contenttype">The data is</label>
<select id="contenttype"><option value="application/json">JSON</option><option value="text/plain">Text</option></select></div>
<div><label for="mode">Content mode</label>
<select id="mode"><option value="binary">Binary (in headers)</option><option value="structured">Structured (in JSON)</option></select></div>
</div>
<button id="send" type="submit">Send event</button>
<p id="said" role="status"></p>
</form>
</section>
<section aria-labelledby="list">
<div class="beside"><h2 id="list">Sent and received</h2><button id="clear" type="button">Clear list</button></div>
<p id="summary" role="status"></p>
<ol id="messages" aria-label="Events, newest first"></ol>
</section>
</main>
</body>
</html>
`;
