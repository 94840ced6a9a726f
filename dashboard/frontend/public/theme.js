// Before the first paint, or a page chosen to be dark would flash white. Not inline: the content
// security policy allows no inline script.
(() => {
  const chosen = localStorage.getItem("voicegw.theme");
  if (chosen === "light" || chosen === "dark") {
    document.documentElement.dataset.theme = chosen;
  }
})();
