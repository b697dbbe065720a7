// A single-page client as people have them: REST with a token, and the event stream.
// `play` does what its user would do and returns every answer.

async function call(base, token, method, path, body) {
  const response = await fetch(base + path, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, document: await response.json() };
}

function listen(base, token) {
  const events = [];
  const source = new EventSource(`${base}/api/v1/sse/dashboard?token=${encodeURIComponent(token)}`);
  source.addEventListener("dashboard", (event) => {
    events.push({ id: event.lastEventId, document: JSON.parse(event.data) });
  });
  return { events, close: () => source.close() };
}

async function until(found, seconds) {
  const giveUpAt = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await found();
    if (answer || Date.now() > giveUpAt) {
      return answer;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

window.play = async (base, token, server, edit) => {
  const answers = {};
  const stream = listen(base, token);
  const ask = (...request) => call(base, token, ...request);
  answers.before = await ask("GET", "/api/v1/servers");
  answers.added = await ask("POST", "/api/v1/servers", server);
  const path = `/api/v1/servers/${answers.added.document.data.id}`;
  answers.sampled = await until(async () => {
    const one = await ask("GET", path);
    return one.document.data.metrics === null ? null : one;
  }, 20);
  answers.listed = await ask("GET", "/api/v1/servers");
  answers.edited = await ask("PUT", path, edit);
  answers.paused = await ask("PATCH", `${path}/toggle`);
  answers.healthPaused = await ask("GET", "/api/v1/health");
  answers.resumed = await ask("PATCH", `${path}/toggle`);
  answers.active = await ask("GET", "/api/v1/alerts/active");
  answers.twice = await ask("POST", "/api/v1/servers", server);
  answers.deleted = await ask("DELETE", path);
  answers.gone = await ask("GET", path);
  answers.after = await ask("GET", "/api/v1/servers");
  const had = stream.events.length;
  await until(() => stream.events.length >= had + 2, 20);
  stream.close();
  return { answers, events: stream.events };
};
