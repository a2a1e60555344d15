// The strip above every page of the training ground: which network is shown.
// A page needs <nav class="networks" id="networks"><span>Учебная площадка</span></nav>,
// nav.css and this module.
const NETWORKS = [["/", "ВКонтакте"], ["/ok.html", "Одноклассники"], ["/max.html", "MAX"]];

const place = document.getElementById("networks");
const here = location.pathname === "/index.html" ? "/" : location.pathname;
place.setAttribute("aria-label", "Сети");
const list = document.createElement("ul");
for (const [path, name] of NETWORKS) {
  const link = document.createElement("a");
  link.href = path;
  link.textContent = name;
  link.dataset.testid = `network-${path.slice(1).replace(".html", "") || "vk"}`;
  if (path === here) link.setAttribute("aria-current", "page");
  const item = document.createElement("li");
  item.append(link);
  list.append(item);
}
place.append(list);
