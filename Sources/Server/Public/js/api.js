/** Requests to the server, and what it says when it refuses. */

export class ApiError extends Error {
  /**
   * @param {number} status 0 if the server could not be reached
   * @param {string} code stable, from the table in `docs/http.md`
   * @param {string} message for people
   * @param {string|null} [requestId]
   */
  constructor(status, code, message, requestId = null) {
    super(message);
    Object.assign(this, { status, code, requestId });
  }

  static unreachable() {
    return new ApiError(0, "unreachable", "The server does not answer. Is it running?");
  }

  /** The refusal that a response's status and body tell of. @param {number} status @param {any} body */
  static from(status, body) {
    const { code = "unknown", message, requestId = null } = body?.error ?? {};
    return new ApiError(status, code, message ?? `The server answered with status ${status}.`, requestId);
  }
}

export class Api {
  #askForKey;

  /** @param {() => Promise<void>} askForKey resolves once the server has taken a key */
  constructor(askForKey) {
    this.#askForKey = askForKey;
  }

  get(path) { return this.#send("GET", path); }
  post(path, body = {}) { return this.#send("POST", path, body); }
  patch(path, body) { return this.#send("PATCH", path, body); }
  delete(path) { return this.#send("DELETE", path); }

  /** A request with JSON there and back. A missing key is asked for, and the request is made again. */
  async #send(method, path, body) {
    const options = { method, headers: {} };
    if (body !== undefined) {
      options.body = JSON.stringify(body);
      options.headers["content-type"] = "application/json";
    }
    const response = await fetch(path, options).catch(() => { throw ApiError.unreachable(); });
    const answer = await response.json().catch(() => null);
    if (response.ok) return answer;
    if (response.status === 401 && path !== "/api/session") {
      await this.#askForKey();
      return this.#send(method, path, body);
    }
    throw ApiError.from(response.status, answer);
  }
}
