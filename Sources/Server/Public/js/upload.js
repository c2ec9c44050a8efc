import { ApiError } from "./api.js";

/**
 * Sends a file, with progress, which `fetch` cannot tell. To cancel is to abort; the server then keeps nothing.
 *
 * @param {File} file
 * @param {AbortSignal} signal
 * @param {(sent: number, total: number) => void} progress in bytes
 * @returns {Promise<import("./types.js").Media>}
 */
export function upload(file, signal, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/media");
    request.responseType = "json";
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("x-file-name", encodeURIComponent(file.name));
    request.upload.onprogress = (event) => progress(event.loaded, event.total);
    request.onload = () =>
      request.status === 201 ? resolve(request.response) : reject(ApiError.from(request.status, request.response));
    request.onerror = () => reject(ApiError.unreachable());
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
