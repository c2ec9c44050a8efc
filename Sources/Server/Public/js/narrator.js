import { justEnded } from "./changes.js";
import { announce } from "./notices.js";

/**
 * Says to a screen reader what has changed in a conversation.
 *
 * @param {import("./types.js").Conversation} before
 * @param {import("./types.js").Conversation} now
 */
export function narrate(before, now) {
  if (before.preparation.state !== "ready" && now.preparation.state === "ready") announce("The video is ready. Ask a question.");
  const wasThinking = before.messages.some(({ stage }) => stage === "thinking");
  if (!wasThinking && now.messages.some(({ stage }) => stage === "thinking")) announce("Thinking");
  for (const reply of justEnded(before.messages, now.messages)) {
    announce(reply.status === "done" ? `Answer: ${reply.answer.slice(0, 1000)}` : "The reply has ended.");
  }
}
