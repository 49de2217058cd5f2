// What all views share: elements, the API, server-sent events, times.

// Text becomes text, never markup.
export function make(tag, attributes = {}, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (name.startsWith("on"))
			node.addEventListener(name.slice(2), value);
		else if (value !== undefined && value !== null && value !== false)
			node.setAttribute(name, value === true ? "" : value);
	}
	node.append(...children.filter((child) => child !== null &&
		child !== undefined));
	return node;
}

function headers(more) {
	const token = sessionStorage.getItem("token");
	return token ? { ...more, Authorization: `Bearer ${token}` } : more;
}

async function fail(answer) {
	const problem = await answer.json().catch(() => null);
	throw new Error(problem?.detail ?? `the server answers ${answer.status}`);
}

export async function get(path) {
	const answer = await fetch(`/api/v1${path}`, { headers: headers({}) });
	return answer.ok ? answer.json() : fail(answer);
}

export async function post(path, body = {}) {
	const answer = await fetch(`/api/v1${path}`, { method: "POST",
		headers: headers({ "Content-Type": "application/json" }),
		body: JSON.stringify(body) });
	return answer.ok ? answer.json() : fail(answer);
}

function read(block) {
	const event = { id: null, name: "message", data: "" };
	for (const line of block.split("\n")) {
		if (line.startsWith("id: ")) event.id = line.slice(4);
		if (line.startsWith("event: ")) event.name = line.slice(7);
		if (line.startsWith("data: ")) event.data += line.slice(6);
	}
	return event;
}

async function once(path, place, signal, handle) {
	const answer = await fetch(`/api/v1${path}`, { signal, headers: headers({
		Accept: "text/event-stream",
		...(place.last ? { "Last-Event-ID": place.last } : {}) }) });
	if (!answer.ok) return fail(answer);
	const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
	let rest = "";
	for (;;) {
		const { value, done } = await reader.read();
		if (done) return true;
		const blocks = (rest + value).split("\n\n");
		rest = blocks.pop();
		for (const event of blocks.map(read).filter((one) => one.data)) {
			place.last = event.id ?? place.last;
			if (handle(event.name, JSON.parse(event.data)) === false)
				return false;
		}
	}
}

// Follows a stream of events; when it breaks, it goes on where it was. By
// fetch, because EventSource cannot send a token. `handle` ends it by false.
export async function follow(path, signal, handle, say = () => {}) {
	const place = { last: null };
	while (!signal.aborted) {
		try {
			say("live");
			if (!await once(path, place, signal, handle)) return;
		} catch {
			if (signal.aborted) return;
		}
		say("reconnecting …");
		await new Promise((done) => setTimeout(done, 1000));
	}
}

export function duration(ms) {
	if (ms === null || ms === undefined) return "";
	if (ms < 1000) return `${ms} ms`;
	const seconds = Math.round(ms / 1000);
	if (seconds < 60) return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	return minutes < 60 ? `${minutes} min ${seconds % 60} s`
		: `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function when(ms) {
	return ms ? make("time", { datetime: new Date(ms).toISOString() },
		new Date(ms).toLocaleString()) : "";
}

export function state(name) {
	return make("span", { class: `state ${name}` }, name.replace("_", " "));
}

export function ref(run) {
	const name = (run.ref ?? "").replace(/^refs\/(heads|tags)\//, "");
	return [name, (run.commit ?? "").slice(0, 7)].filter(Boolean).join("@");
}
