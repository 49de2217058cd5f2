// The dashboard: which view, kept up to date, and its keys.
import { follow, make } from "./lib.js";
import { queueView, recipesView, runsView } from "./lists.js";
import { runView } from "./run.js";

const VIEWS = { runs: runsView, run: runView, queue: queueView,
	recipes: recipesView };
const main = document.getElementById("main");
const live = document.getElementById("live");
let current = new AbortController();
let refresh = null;

function mark(name) {
	for (const link of document.querySelectorAll("nav a")) {
		if (link.getAttribute("href") === `#/${name}`)
			link.setAttribute("aria-current", "page");
		else
			link.removeAttribute("aria-current");
	}
}

async function show() {
	const [name, ...rest] = (location.hash.slice(2) || "runs").split("/");
	const mine = new AbortController();

	current.abort();
	current = mine;
	refresh = null;
	mark(name);
	document.title = "Tidemill";
	try {
		const again = await (VIEWS[name] ?? runsView)(main, rest, mine.signal);
		if (current === mine) refresh = again;
	} catch (problem) {
		main.replaceChildren(make("p", { class: "problem", role: "alert" },
			problem.message));
	}
}

function onKey(event) {
	if (event.target.matches("input, select") || event.ctrlKey ||
		event.metaKey || event.altKey) {
		if (event.key === "Escape") event.target.blur();
		return;
	}
	const links = [...main.querySelectorAll("td:first-child a, summary")];
	const at = links.indexOf(document.activeElement);
	const keys = {
		1: () => { location.hash = "#/runs"; },
		2: () => { location.hash = "#/queue"; },
		3: () => { location.hash = "#/recipes"; },
		j: () => links[Math.min(at + 1, links.length - 1)]?.focus(),
		k: () => links[Math.max(at - 1, 0)]?.focus(),
		u: () => { location.hash = "#/runs"; },
		"/": () => main.querySelector("input")?.focus(),
	};
	if (keys[event.key]) {
		event.preventDefault();
		keys[event.key]();
	}
}

document.getElementById("token").addEventListener("click", () => {
	const text = prompt("A token, for what needs one (empty: none)");
	if (text === null) return;
	if (text) sessionStorage.setItem("token", text.trim());
	else sessionStorage.removeItem("token");
	show();
});
document.addEventListener("keydown", onKey);
window.addEventListener("hashchange", show);
show();
follow("/changes", new AbortController().signal, () => {
	refresh?.().catch(() => {});
}, (text) => { live.textContent = text; });
