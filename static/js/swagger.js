// Fills /swagger/index.html. Swagger UI comes as a global; nothing is asked of another host.

import { readSession } from "./answers.js";

const place = document.getElementById("swagger-ui");

// A change proves that this page asks for it, and no other: the session says how.
async function prove(request) {
  if (request.method && request.method.toUpperCase() !== "GET") {
    const answer = await fetch("/api/v1/session");
    if (answer.ok) Object.assign(request.headers, readSession(await answer.json()).headers);
  }
  return request;
}

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  deepLinking: true,
  validatorUrl: null,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  requestInterceptor: prove,
});
