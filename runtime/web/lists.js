// Runs, the queue, recipes.
import { duration, get, make, ref, state, when } from "./lib.js";

const STATES = ["", "queued", "running", "waiting", "passed", "failed",
	"cancelled", "timed_out", "superseded"];

function runRow(run) {
	return make("tr", {},
		make("td", { class: "number" }, make("a", { href: `#/run/${run.id}` },
			String(run.id))),
		make("td", {}, state(run.state)),
		make("td", {}, make("a", { href: `#/run/${run.id}` }, run.name)),
		make("td", {}, ref(run)),
		make("td", { class: "wide" }, run.waits_for ?? run.origin),
		make("td", { class: "wide" }, when(run.created)),
		make("td", { class: "number" }, duration(run.duration)));
}

function table(titles, rows, empty) {
	if (!rows.length) return make("p", { class: "dim" }, empty);
	return make("div", { class: "scroll" }, make("table", {},
		make("thead", {}, make("tr", {}, ...titles.map(([text, kind]) =>
			make("th", { scope: "col", class: kind }, text)))),
		make("tbody", {}, ...rows)));
}

const RUN_TITLES = [["Run", "number"], ["State"], ["Recipe"], ["Ref"],
	["Because of", "wide"], ["Created", "wide"], ["Took", "number"]];

function filters(values, change) {
	const choice = make("select", { name: "state", "aria-label": "State" },
		...STATES.map((name) => make("option", { value: name,
			selected: name === values.get("state") },
			name ? name.replace("_", " ") : "all states")));
	const field = (name, label) => make("input", { name, type: "search",
		placeholder: label, "aria-label": label,
		value: values.get(name) ?? "" });
	return make("form", { class: "filters", onchange: change,
		onsubmit: (event) => event.preventDefault() },
		choice, field("recipe", "Recipe"), field("ref", "Branch or tag"));
}

export async function runsView(main, rest) {
	const values = new URLSearchParams(rest[0]?.replace(/^\?/, ""));
	const place = make("div");
	let pages = 1;

	async function load() {
		const rows = [];
		let next = null;
		for (let i = 0; i < pages; i++) {
			const query = new URLSearchParams(values);
			if (next) query.set("cursor", next);
			const page = await get(`/runs?${query}`);
			rows.push(...page.items.map(runRow));
			next = page.next;
			if (!next) break;
		}
		place.replaceChildren(table(RUN_TITLES, rows, "No such runs."));
		if (next)
			place.append(make("button", { type: "button", onclick: () => {
				pages++;
				load();
			} }, "More"));
	}

	function change(event) {
		const form = new FormData(event.currentTarget);
		const query = new URLSearchParams([...form].filter(([, text]) => text));
		location.hash = `#/runs/?${query}`;
	}
	await load();
	main.replaceChildren(make("h1", {}, "Runs"), filters(values, change), place);
	return load;
}

export async function queueView(main) {
	async function load() {
		const queue = await get("/queue");
		main.replaceChildren(make("h1", {}, "Queue"), make("p", {},
			`${queue.running} running, ${queue.queued} queued, ` +
			`${queue.waiting} waiting; mode: ${queue.mode}`),
			table(RUN_TITLES, queue.items.map(runRow), "Nothing waits."));
	}
	await load();
	return load;
}

export async function recipesView(main) {
	async function load() {
		const [recipes, schedules] = await Promise.all([get("/recipes"),
			get("/schedules")]);
		main.replaceChildren(make("h1", {}, "Recipes"),
			table([["Recipe"], ["Last run"], ["Where"]],
				recipes.items.map((one) => make("tr", {},
					make("td", {}, make("a", { href: `#/runs/?recipe=${
						encodeURIComponent(one.name)}` }, one.name)),
					make("td", {}, one.last_state ? state(one.last_state)
						: "", one.error ? make("span",
						{ class: "problem" }, one.error) : ""),
					make("td", {}, [one.repo, one.path].filter(Boolean)
						.join(" "))))
				, "No recipes."), make("h2", {}, "Schedules"),
			table([["Recipe"], ["Next"], ["Last"]], schedules.items.map(
				(one) => make("tr", {}, make("td", {}, one.recipe),
					make("td", {}, when(one.next_at)),
					make("td", {}, when(one.last_at)))),
				"Nothing is scheduled."));
	}
	await load();
	return load;
}
