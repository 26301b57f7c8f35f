// Ctrl + K goes to the search field that is on every page of the office.
document.addEventListener("keydown", (event) => {
  const field = document.getElementById("office-search-field");
  if (field && (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    field.focus();
    field.select();
  }
});
