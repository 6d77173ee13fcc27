// Fills the gaps of a ready snippet with what the form says, and shows what comes of it. Without
// this script the page is a list of the same snippets.
(() => {
  const byId = (id) => document.getElementById(id);
  const form = byId("choices");
  const category = byId("category");
  const preview = byId("preview");
  const loads = byId("loads").dataset;
  let timer;

  const read = () => {
    const data = new FormData(form);
    const limit = Math.min(form.limit.max, Math.max(1, form.limit.value | 0));
    return {
      form: data.get("form"),
      layout: data.get("layout"),
      limit: limit,
      thumbs: data.has("thumbs"),
      text: data.has("text_on") ? data.get("text") : "",
      link: data.has("link_on") ? data.get("link") : "",
      latest: data.has("latest"),
      resize: data.has("resize"),
    };
  };

  // Same as in feedpub/embeds/snippets.py, which says why.
  const ROWS_EM = { list: 8.4, grid: 7, compact: 5.5, headlines: 2.5 };
  const GAP_EM = 1;

  // The same words in the same order as feedpub/embeds/snippets.py writes them.
  const listAttributes = (look, chosen) => [
    look.layout !== "list" && ["layout", look.layout],
    ["limit", String(look.limit)],
    !look.thumbs && ["thumbs", "off"],
    ["style", [
      "display:block",
      `min-block-size:${+(Math.min(look.limit, Math.max(chosen.dataset.articles, 1)) * ROWS_EM[look.layout] - GAP_EM).toFixed(1)}em`,
      look.text && `--feedpub-fg:${look.text}`,
      look.link && `--feedpub-link:${look.link}`,
    ].filter(Boolean).join(";")],
  ].filter(Boolean);

  const writeAnchor = (look, and) => "#" + [
    look.layout !== "list" && `layout=${look.layout}`,
    `limit=${look.limit}`,
    !look.thumbs && "thumbs=off",
    look.text && `fg=${look.text.slice(1)}`,
    look.link && `link=${look.link.slice(1)}`,
  ].filter(Boolean).join(and);

  const writeSnippet = (chosen, look) => {
    const code = chosen.querySelector(`[data-form=${look.form}]`).cloneNode(true);
    const fill = (gap, text) => {
      const place = code.querySelector(`[data-gap=${gap}]`);
      if (place) place.textContent = text;
    };
    const needsScript = look.form === "element" || look.resize;
    const load = loads[`${look.form}${look.latest ? "Latest" : "Pinned"}`];
    fill("script", needsScript && load ? `${load}\n` : "");
    fill("look", look.form === "element"
      ? listAttributes(look, chosen).map(([name, value]) => ` ${name}="${value}"`).join("")
      : writeAnchor(look, "&amp;"));
    return code.textContent;
  };

  const makeElement = (chosen, look) => {
    const element = document.createElement("feedpub-feed");
    for (const [name, value] of listAttributes(look, chosen)) {
      if (name !== "style") element.setAttribute(name, value);
    }
    // An attribute "style" would be refused by this page's own policy; this is not.
    if (look.text) element.style.setProperty("--feedpub-fg", look.text);
    if (look.link) element.style.setProperty("--feedpub-link", look.link);
    element.setAttribute("src", chosen.dataset.feed);
    return element;
  };

  const makeFrame = (chosen, look) => {
    const frame = document.createElement("iframe");
    frame.title = chosen.dataset.title;
    frame.width = "100%";
    frame.height = 480;
    // feedpub-resize.js looks for this; other forms have no height of their own.
    if (look.form !== "iframe" || look.resize) frame.dataset.feedpub = "";
    frame.src = chosen.dataset.frame + (look.form === "iframe" ? writeAnchor(look, "&") : "");
    return frame;
  };

  const show = () => {
    const look = read();
    const chosen = byId(category.value).parentElement;
    for (const field of form.querySelectorAll("[data-for]")) {
      field.hidden = !field.dataset.for.split(" ").includes(look.form);
    }
    byId("snippet").textContent = writeSnippet(chosen, look);
    byId("hint").textContent = document.querySelector(`[data-hint=${look.form}]`).textContent;
    // From the disk nothing can be fetched, but a frame can be shown.
    const isElement = look.form === "element" && location.protocol !== "file:";
    preview.replaceChildren((isElement ? makeElement : makeFrame)(chosen, look));
  };

  // What follows "#" may be anything, such as a bare "%".
  const readHash = () => {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return "";
    }
  };

  const start = () => {
    const asked = readHash();
    if ([...category.options].some(({ value }) => value === asked)) category.value = asked;
    show();
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 150); });
  addEventListener("hashchange", start);
  byId("builder").hidden = false;
  byId("ready").hidden = true;
  start();
})();
