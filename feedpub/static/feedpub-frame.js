// Within an iframe: takes the look from what follows "#" in the address, and tells the page around
// it how high the content is. The page is complete without it.
(() => {
  const root = document.documentElement;
  // WordPress adds "#?secret=..." and wants it back with each message.
  const look = new URLSearchParams(location.hash.replace(/[#?]/g, "&"));
  const list = document.querySelector(".feedpub-feed");
  const layouts = ["list", "grid", "compact", "headlines"];

  if (list && layouts.includes(look.get("layout"))) {
    list.classList.remove(...layouts.map((layout) => `feedpub-${layout}`));
    list.classList.add(`feedpub-${look.get("layout")}`);
  }
  const limit = look.get("limit") | 0;
  if (limit > 0) for (const item of [...(list?.children ?? [])].slice(limit)) item.remove();
  if (look.get("thumbs") === "off") for (const image of document.querySelectorAll("img")) image.remove();
  for (const name of ["fg", "link"]) {
    const color = look.get(name);
    if (/^[\da-f]{3,8}$/i.test(color)) root.style.setProperty(`--feedpub-${name}`, `#${color}`);
  }

  if (parent === window) return;
  const secret = look.get("secret");
  const tell = (message, value) => parent.postMessage({ message, value, secret }, "*");
  const tellHeight = () => tell("height", Math.ceil(root.getBoundingClientRect().height));
  new ResizeObserver(tellHeight).observe(root);
  addEventListener("message", ({ source }) => source === parent && tellHeight());
  // WordPress forbids its frames to open anything, and follows links in their place.
  if (secret) addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link) { event.preventDefault(); tell("link", link.href); }
  });
})();
