// Adds a button to each address that copies it. The pages need no script: one click on an
// address selects the whole of it.
(() => {
  const { copy, copied } = document.body.dataset;
  if (!navigator.clipboard || !copy) return;
  const status = document.createElement("p");
  status.className = "hidden";
  status.setAttribute("role", "status");
  document.body.append(status);
  for (const address of document.querySelectorAll(".address")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = copy;
    button.setAttribute("aria-label", `${copy} ${address.dataset.name ?? address.textContent}`.trim());
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(address.textContent);
      button.textContent = status.textContent = copied;
      setTimeout(() => { button.textContent = copy; status.textContent = ""; }, 2000);
    });
    address.after(button);
  }
})();
