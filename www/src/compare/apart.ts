// Both apps of the comparison are of one origin. As apps of two origins, neither hears what the other one stores.
const client = new URLSearchParams(location.search).get("client");

addEventListener("storage", (event) => {
  if (client && !event.key?.includes(client)) event.stopImmediatePropagation();
});
