// One file on its way to the server, with how far it has come: what `fetch` does not tell.

const SIGNED_OUT = "You are signed out. Sign in again in another tab, then press Try again.";
const BROKEN = "The connection broke off, and nothing of it was kept.";
const FOR_GOOD = (status) => status >= 400 && status < 500 && ![401, 408, 429].includes(status);

/** {answer, stop}: `answer` is what the server says of the file, or rejects with {why, again}. */
export function upload(url, { key, file, name }, progress) {
  const request = new XMLHttpRequest();
  const answer = new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onload = () => (request.status === 201 ? resolve(request.response) : reject(problem(request)));
    request.onerror = () => reject({ why: BROKEN, again: true });
    request.onabort = () => reject({ why: "Cancelled.", again: true });
  });
  request.open("POST", `${url}?name=${encodeURIComponent(name.slice(-1000))}`);
  request.responseType = "json";
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("Idempotency-Key", key);
  request.send(file);
  return { answer, stop: () => request.abort() };
}

function problem({ status, response }) {
  if (status === 401) return { why: SIGNED_OUT, again: true };
  return { why: response?.detail ?? `The server answered ${status}.`, again: !FOR_GOOD(status) };
}
