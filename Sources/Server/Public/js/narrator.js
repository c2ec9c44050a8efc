import { isRunning, justEnded } from "./changes.js";
import { announce } from "./notices.js";
import { sentence } from "./preparation.js";
import { state } from "./reply.js";

/**
 * Says to a screen reader what has changed in a conversation.
 *
 * @param {import("./types.js").Conversation} before
 * @param {import("./types.js").Conversation} now
 */
export function narrate(before, now) {
  const [earlier, later] = [prepared(before.preparation), prepared(now.preparation)];
  if (later !== "" && later !== earlier) announce(later);
  for (const reply of now.messages.filter(isRunning)) {
    const [was, is] = [before.messages.find(({ id }) => id === reply.id), underWay(reply)];
    if (is !== "" && (was === undefined || is !== underWay(was))) announce(is);
  }
  for (const reply of justEnded(before.messages, now.messages)) announce(ended(reply));
}

function prepared(preparation) {
  switch (preparation.state) {
    case "waiting":
      return sentence(preparation);
    case "ready":
      return "The video is ready. Ask a question.";
    case "failed":
      return preparation.error?.message ?? "The video could not be prepared.";
    default:
      return "";
  }
}

function underWay(reply) {
  if (reply.status === "queued") return state(reply);
  return reply.stage === "thinking" ? "Thinking" : "";
}

function ended(reply) {
  return [state(reply), reply.answer && `Answer: ${reply.answer.slice(0, 1000)}`].filter((text) => text !== "").join(" ");
}
