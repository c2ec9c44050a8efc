/**
 * What the server says, as `docs/http.md` describes it. Only types; nothing here runs.
 *
 * @typedef {object} Media
 * @property {string} id
 * @property {string} name
 * @property {"video"|"picture"} kind
 * @property {number} duration seconds; 0 for a picture
 * @property {number} fps
 * @property {number} width
 * @property {number} height
 * @property {string} url
 * @property {string|null} posterUrl of its first sampled frame
 *
 * @typedef {object} Frame
 * @property {string} mediaId
 * @property {number} index
 * @property {number} time seconds after the first frame
 * @property {number} width
 * @property {number} height
 * @property {number} tokens
 * @property {string} url
 *
 * @typedef {object} Cost
 * @property {number} tokensPerFrame
 * @property {number} totalTokens without the question
 * @property {number} inputLimit
 * @property {number} scaledWidth
 * @property {number} scaledHeight
 * @property {boolean} isScaled
 * @property {number|null} estimatedSeconds until the first token
 *
 * @typedef {object} Preparation
 * @property {"none"|"waiting"|"preparing"|"ready"|"sampled"|"failed"} state
 * @property {"sampling"|"vision"|"prefill"|null} stage
 * @property {number} done
 * @property {number} total
 * @property {{code: string, message: string}|null} error
 * @property {Frame[]} frames
 * @property {Cost|null} cost
 *
 * @typedef {object} Box in thousandths of the frame
 * @property {number} left
 * @property {number} top
 * @property {number} right
 * @property {number} bottom
 * @property {string|null} mediaId
 * @property {number|null} frameIndex
 * @property {number|null} frameTime
 *
 * @typedef {object} Stats each `null` until it is known
 * @property {number|null} promptTokens
 * @property {number|null} cachedTokens
 * @property {number|null} replyTokens
 * @property {number|null} timeToFirstToken
 * @property {number|null} thoughtSeconds
 * @property {number|null} generateSeconds
 * @property {number|null} tokensPerSecond
 *
 * @typedef {object} Message a question (`text`) or a reply (the rest)
 * @property {string} id
 * @property {"user"|"assistant"} role
 * @property {string} [text]
 * @property {"queued"|"running"|"done"|"stopped"|"interrupted"|"failed"} [status]
 * @property {"sampling"|"vision"|"prefill"|"thinking"|"answering"|null} [stage]
 * @property {number|null} [queuePosition]
 * @property {number} [done]
 * @property {number} [total]
 * @property {string} [raw]
 * @property {string} [thought]
 * @property {string} [answer]
 * @property {string} [thoughtHtml]
 * @property {string} [answerHtml]
 * @property {Box[]} [boxes]
 * @property {{seconds: number, text: string}[]} [moments]
 * @property {string|null} [finish]
 * @property {{code: string, message: string}|null} [error]
 * @property {Stats} [stats]
 *
 * @typedef {Record<string, string|number|null>} Settings
 *
 * @typedef {object} Summary
 * @property {string} id
 * @property {string} title
 * @property {string} updatedAt
 * @property {number} messageCount
 * @property {Media[]} media
 * @property {boolean} isRunning
 *
 * @typedef {Summary & {settings: Settings, messages: Message[], preparation: Preparation}} Conversation
 *
 * @typedef {object} Status
 * @property {string} version
 * @property {{state: "loading"|"ready"|"failed", name: string, isDemonstration: boolean, about: string,
 *   contextLength: number|null, inputLimit: number|null, error: string|null, howToGet9B: string}} model
 * @property {{running: number, waiting: number, capacity: number}} queue
 * @property {{maxUploadBytes: number, maxMediaPerConversation: number, maxQuestionBytes: number}} limits
 * @property {boolean} isStopping
 * @property {string|null} notice
 *
 * @typedef {object} Sample
 * @property {string} name
 * @property {string} title
 * @property {string[]} questions
 * @property {string} url
 */

export {};
