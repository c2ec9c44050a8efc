/** How a conversation becomes the next one by an event of the server. Pure: nothing is changed in place. */

/**
 * @param {import("./types.js").Conversation} conversation
 * @param {string} event its name, from the table in `docs/http.md`
 * @param {any} data
 * @returns {import("./types.js").Conversation}
 */
export function changed(conversation, event, data) {
  const edit = (change) => ({
    ...conversation,
    messages: conversation.messages.map((message) => (message.id === data.id ? { ...message, ...change(message) } : message)),
  });
  switch (event) {
    case "snapshot":
      return data;
    case "conversation":
      return { ...conversation, ...data };
    case "preparation":
      return { ...conversation, preparation: { ...conversation.preparation, ...data } };
    case "message":
      return conversation.messages.some(({ id }) => id === data.id)
        ? edit(() => data)
        : { ...conversation, messages: [...conversation.messages, data] };
    case "removed":
      return { ...conversation, messages: conversation.messages.filter(({ id }) => !data.ids.includes(id)) };
    case "delta":
      return edit(({ raw, thought, answer }) => ({
        stage: data.stage,
        raw: raw + data.raw,
        thought: thought + data.thought,
        answer: answer + data.answer,
      }));
    case "progress":
    case "rendered":
    case "stats":
      return edit(() => data);
    default:
      return conversation;
  }
}

/** The reply that is being made, if there is one. @param {import("./types.js").Message[]} messages */
export function runningReply(messages) {
  return messages.find(isRunning) ?? null;
}

/**
 * The replies that have come to their end.
 *
 * @param {import("./types.js").Message[]} before
 * @param {import("./types.js").Message[]} now
 */
export function justEnded(before, now) {
  const ended = new Set(before.filter((message) => !isRunning(message)).map(({ id }) => id));
  return now.filter((message) => message.role === "assistant" && !isRunning(message) && !ended.has(message.id));
}

/** @param {import("./types.js").Message} message */
export function isRunning(message) {
  return message.status === "queued" || message.status === "running";
}
