/* Sends the chosen file in pieces: a line that breaks costs one piece, and the file goes on where it stands.
   Without this script the form sends the file whole. */
"use strict";

(() => {
  const form = document.getElementById("send");
  if (!form || !window.fetch || !window.File) return;
  const bar = document.getElementById("sent");
  const told = document.getElementById("told");
  const words = form.dataset;
  const token = form.elements["csrf_token"].value;
  const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

  async function ask(address, body, type) {
    const answer = await fetch(address, {
      method: "POST",
      body,
      headers: { "Content-Type": type, "X-CSRFToken": token },
      credentials: "same-origin",
    });
    const said = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
    if (!answer.ok && answer.status !== 409) throw Object.assign(new Error(said.reason || ""), { final: answer.status < 500 });
    return said;
  }

  async function send(file) {
    const offer = { library: form.elements["library"].value, name: file.name, size: file.size };
    const step = Number(words.piece);
    let wait = 1;
    let standing = null;
    for (;;) {
      try {
        if (!standing) standing = await ask(words.begin, JSON.stringify(offer), "application/json");
        while (standing.state === "receiving") {
          const piece = file.slice(standing.received, standing.received + step);
          standing = await ask(`${standing.piece}?start=${standing.received}`, piece, "application/octet-stream");
          bar.value = standing.received / Math.max(1, file.size);
          told.textContent = `${Math.floor(100 * bar.value)} %`;
          wait = 1;
        }
        location.assign(standing.page);
        return;
      } catch (error) {
        if (error.final) {
          told.textContent = error.message || words.failed;
          form.querySelector("button").disabled = false;
          return;
        }
        told.textContent = words.waiting;
        standing = null;
        await pause(wait);
        wait = Math.min(30, wait * 2);
      }
    }
  }

  form.addEventListener("submit", (event) => {
    const file = form.elements["file"].files[0];
    if (!file) return;
    event.preventDefault();
    form.querySelector("button").disabled = true;
    bar.hidden = false;
    told.textContent = "0 %";
    send(file);
  });

  const place = document.getElementById("drop");
  for (const kind of ["dragover", "dragenter"]) {
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
  }
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    if (event.dataTransfer.files.length) form.elements["file"].files = event.dataTransfer.files;
  });
})();
