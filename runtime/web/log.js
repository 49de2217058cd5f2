// A step's log: lines with numbers that are links, live, with a search.
import { colour } from "./ansi.js";
import { follow, get, make } from "./lib.js";

const LINES = 5000; // that a page holds; earlier ones leave

export function logView(run, step, signal) {
	const lines = make("div", { class: "log", role: "log", tabindex: "0",
		"aria-label": `Log of ${step.name}` });
	let style = {};

	function add(line) {
		const bottom = lines.scrollTop + lines.clientHeight + 40 >=
			lines.scrollHeight;
		const [nodes, next] = colour(line.text, style);
		style = next;
		const id = `L${step.id}-${line.number}`;
		lines.append(make("div", { id, class: line.stream },
			make("a", { href: `#/run/${run}/${step.id}/${line.number}`,
				"aria-label": `line ${line.number}` },
				String(line.number)),
			make("code", {}, ...nodes)));
		if (lines.childElementCount > LINES) lines.firstElementChild.remove();
		if (bottom) lines.scrollTop = lines.scrollHeight;
	}

	function search(event) {
		const wanted = event.target.value.toLowerCase();
		let first = null;
		for (const line of lines.children) {
			const hit = wanted && line.textContent.toLowerCase()
				.includes(wanted);
			line.classList.toggle("found", Boolean(hit));
			first ??= hit ? line : null;
		}
		first?.scrollIntoView({ block: "nearest" });
	}

	const path = `/runs/${run}/steps/${step.id}/log`;
	async function start() {
		const head = await get(`${path}?tail=2000`);
		head.items.forEach(add);
		if (head.ended) return;
		const from = head.items.length ? head.next : 1;
		await follow(`${path}?from=${from}`, signal, (name, value) => {
			if (name === "line") add(value);
			return name !== "end";
		});
	}
	start().catch((problem) => lines.append(make("p",
		{ class: "problem" }, problem.message)));
	return make("div", {}, make("input", { class: "find", type: "search",
		placeholder: "Find in this log", "aria-label":
		`Find in the log of ${step.name}`, oninput: search }), lines);
}
