-- The short form: a graph of steps, as soon as what each needs has passed.

return {
	name = "release",
	on = { tag = "v*" },
	env = { LC_ALL = "C" },
	on_success = 'echo "released $TIDEMILL_REF"',
	ensure = "rm -rf build",

	steps = {
		{ "build", "mkdir -p build && echo program > build/program" },
		{ "test", "test -s build/program", needs = "build" },
		{ "notes", "git log --oneline -20 > build/notes || true",
			needs = "build", soft = true },
		{ "package", "tar -cf build.tar build", needs = { "test",
			"notes" }, undo = "rm -f build.tar" },
	},
}
