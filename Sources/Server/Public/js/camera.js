import { find } from "./dom.js";
import { duration } from "./format.js";

const TYPES = ["video/mp4;codecs=avc1.42E01E", "video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"];

/** Records from the webcam, without sound, which the model does not hear. */
export class Camera {
  #dialog = find("camera");
  #preview = find("camera-preview");
  #button = find("camera-record");
  #note = find("camera-note");
  #stream = null;
  #recorder = null;
  #clock = 0;

  /** @param {(file: File) => void} recorded */
  constructor(recorded) {
    this.recorded = recorded;
    this.#button.addEventListener("click", () => (this.#recorder === null ? this.#start() : this.#recorder.stop()));
    this.#dialog.addEventListener("close", () => this.#leave());
  }

  async open() {
    this.#note.textContent = "Asking for the camera";
    this.#button.disabled = true;
    this.#dialog.showModal();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, height: { ideal: 720 } } });
      if (!this.#dialog.open) return release(stream);
      this.#stream = stream;
      this.#preview.srcObject = stream;
      this.#button.disabled = false;
      this.#note.textContent = "Nothing is recorded yet.";
    } catch (error) {
      this.#note.textContent = refusal(error);
    }
  }

  #start() {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(this.#stream, { mimeType });
    const pieces = [];
    recorder.ondataavailable = ({ data }) => pieces.push(data);
    recorder.onstop = () => {
      this.#recorder = null;
      this.#dialog.close();
      if (pieces.length > 0) this.recorded(recording(pieces, recorder.mimeType));
    };
    recorder.start();
    this.#recorder = recorder;
    this.#button.textContent = "Stop and use it";
    this.#note.classList.add("recording");
    const began = performance.now();
    const tick = () => { this.#note.textContent = `Recording, ${duration((performance.now() - began) / 1000)}`; };
    tick();
    this.#clock = setInterval(tick, 500);
  }

  /** Closed: the camera is let go, and what was not finished is dropped. */
  #leave() {
    clearInterval(this.#clock);
    if (this.#recorder !== null) {
      this.#recorder.onstop = null;
      this.#recorder.stop();
      this.#recorder = null;
    }
    if (this.#stream !== null) release(this.#stream);
    this.#stream = this.#preview.srcObject = null;
    this.#button.textContent = "Record";
    this.#note.classList.remove("recording");
  }
}

function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}

function recording(pieces, mimeType) {
  const type = mimeType.split(";")[0];
  const when = new Date().toISOString().slice(0, 16).replace("T", " ").replace(":", ".");
  return new File(pieces, `Recording ${when}.${type === "video/mp4" ? "mp4" : "webm"}`, { type });
}

function refusal(error) {
  if (navigator.mediaDevices === undefined) return "The browser gives the camera only to pages on this machine or behind HTTPS.";
  if (error.name === "NotAllowedError") return "The browser was not allowed to use the camera.";
  if (error.name === "NotFoundError") return "There is no camera.";
  return `The camera cannot be used: ${error.message}`;
}
