// What JavaScript adds. Every page is whole without it: this refreshes the
// page of a running period, until paused, and copies its address.
(() => {
  "use strict";
  const tools = document.getElementById("live");
  if (!tools) return;
  const seconds = Number(tools.dataset.seconds);
  const key = "tarastat-paused"; // for this tab alone

  const button = (text) => {
    const b = document.createElement("button");
    b.type = "button";
    b.className = "quiet";
    b.textContent = text;
    tools.append(b);
    return b;
  };

  const copy = button(tools.dataset.copy);
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    say(tools.dataset.copied);
  });

  const status = document.createElement("span");
  status.setAttribute("role", "status");
  tools.append(status);
  const say = (text) => { status.textContent = text; };

  if (!seconds) return;
  let paused = sessionStorage.getItem(key) === "1";
  const pause = button("");
  const show = () => { pause.textContent = paused ? tools.dataset.resume : tools.dataset.pause; };
  pause.addEventListener("click", () => {
    paused = !paused;
    sessionStorage.setItem(key, paused ? "1" : "0");
    show();
  });
  show();

  // Only the figures are exchanged, and only while nobody is among them with
  // the keyboard, has a table open or reads another tab.
  const busy = () => {
    const live = document.getElementById("figures");
    return document.hidden || live.contains(document.activeElement) || live.querySelector("details[open]") !== null;
  };
  setInterval(async () => {
    if (paused || busy()) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("figures");
      if (fresh && !busy()) document.getElementById("figures").replaceWith(fresh);
    } catch {
      // The next turn tries again.
    }
  }, 1000 * seconds);
})();
