--- Completion scripts for bash and zsh, made from the verbs' tables. Runs are
--- asked for with `tidemill ls` when the key is pressed.

local options = require("command.options")
local verbs = require("command.verbs")

local completion = {}

local function flags(verb)
	local words, replaced = {}, {}

	for _, option in ipairs(verb.options or {}) do
		if option.replaces then replaced[option.name] = true end
	end
	for _, list in ipairs { verb.options or {}, options.GLOBAL } do
		for _, option in ipairs(list) do
			if list ~= options.GLOBAL
				or not replaced[option.name] then
				words[#words + 1] = "--" .. option.name
			end
			if option.short then
				words[#words + 1] = "-" .. option.short
			end
		end
	end
	return words
end

--- How a verb's arguments are completed: by the kind of the first.
local function argument_kind(name, verb)
	local subverbs = {}

	for _, full in ipairs(verbs.subverb_names(verb, name)) do
		subverbs[#subverbs + 1] = full:match("%S+$")
	end
	if #subverbs > 0 then
		return "words:" .. table.concat(subverbs, " ")
	end
	local first = (verb.arguments or {})[1]
	return first and first.complete
end

local function value_words(option)
	if option.choices then
		return "words:" .. table.concat(option.choices, " ")
	end
	return option.complete or "none"
end

local BASH_HEAD <const> = [=[
# bash completion of tidemill, written by 'tidemill help --completion bash'.
_tidemill_words() {
	case $1 in
	words:*) COMPREPLY=($(compgen -W "${1#words:}" -- "$2")) ;;
	run) COMPREPLY=($(compgen -W "$(tidemill ls --limit 50 --ids \
		2>/dev/null)" -- "$2")) ;;
	repo) COMPREPLY=($(compgen -W "$(tidemill sql --csv \
		'select name from repos' 2>/dev/null | tr -d '\r' |
		tail -n +2)" -- "$2")) ;;
	verb) COMPREPLY=($(compgen -W "$_tidemill_verbs" -- "$2")) ;;
	dir) compopt -o filenames; COMPREPLY=($(compgen -d -- "$2")) ;;
	file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$2")) ;;
	*) COMPREPLY=() ;;
	esac
}
]=]

local BASH_TAIL <const> = [=[
_tidemill() {
	local current=$2 previous=$3 verb='' i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--data) ((i++)) ;;
		-*) ;;
		*)
			if [[ -z $verb ]]; then
				verb=${COMP_WORDS[i]}
			elif [[ -n ${_tidemill_options["$verb ${COMP_WORDS[i]}"]} ]]
			then
				verb="$verb ${COMP_WORDS[i]}"
				break
			else
				break
			fi ;;
		esac
	done
	if [[ $previous == -* ]]; then
		local value=${_tidemill_values["$verb $previous"]}
		[[ -z $value ]] && value=${_tidemill_values[" $previous"]}
		if [[ -n $value ]]; then
			_tidemill_words "$value" "$current"
			return
		fi
	fi
	if [[ -z $verb ]]; then
		_tidemill_words "words:$_tidemill_verbs --help --version" "$current"
	elif [[ $current == -* ]]; then
		_tidemill_words "words:${_tidemill_options[$verb]}" "$current"
	else
		_tidemill_words "${_tidemill_arguments[$verb]}" "$current"
	fi
}
complete -F _tidemill tidemill
]=]

--- Returns the three tables that both shells look into, as assignments.
local function tables()
	local lines = {}

	local function add(format, ...)
		lines[#lines + 1] = format:format(...)
	end
	local function add_values(name, list)
		for _, option in ipairs(list) do
			local words = option.argument and value_words(option)
			if words then
				add("_tidemill_values['%s --%s']='%s'", name,
					option.name, words)
			end
			if words and option.short then
				add("_tidemill_values['%s -%s']='%s'", name,
					option.short, words)
			end
		end
	end
	add_values("", options.GLOBAL)
	for name, verb in verbs.each() do
		local kind = argument_kind(name, verb)
		add("_tidemill_options['%s']='%s'", name,
			table.concat(flags(verb), " "))
		if kind then
			add("_tidemill_arguments['%s']='%s'", name, kind)
		end
		add_values(name, verb.options or {})
	end
	return table.concat(lines, "\n") .. "\n"
end

local function verb_list()
	local list = {}

	for _, name in ipairs(verbs.names()) do
		if not verbs.load(name).hidden then list[#list + 1] = name end
	end
	return table.concat(list, " ")
end

--- Returns the script for bash.
---@return string
function completion.bash()
	return BASH_HEAD
		.. "declare -A _tidemill_options _tidemill_arguments "
		.. "_tidemill_values\n"
		.. ("_tidemill_verbs='%s'\n"):format(verb_list())
		.. tables() .. BASH_TAIL
end

local ZSH_HEAD <const> = [=[
#compdef tidemill
# zsh completion of tidemill, written by 'tidemill help --completion zsh'.
_tidemill_words() {
	case $1 in
	words:*) compadd -- ${=1#words:} ;;
	run) compadd -V runs -- ${(f)"$(tidemill ls --limit 50 --ids \
		2>/dev/null)"} ;;
	repo) compadd -- ${(f)"$(tidemill sql --csv \
		'select name from repos' 2>/dev/null | tr -d '\r' |
		tail -n +2)"} ;;
	verb) _describe 'command' _tidemill_summaries ;;
	dir) _files -/ ;;
	file) _files ;;
	*) _message 'argument' ;;
	esac
}
typeset -gA _tidemill_options _tidemill_arguments _tidemill_values
typeset -ga _tidemill_summaries
]=]

local ZSH_TAIL <const> = [=[
_tidemill() {
	local verb='' previous=$words[CURRENT-1] value key i
	for ((i = 2; i < CURRENT; i++)); do
		case $words[i] in
		--data) ((i++)) ;;
		-*) ;;
		*)
			if [[ -z $verb ]]; then
				verb=$words[i]
			else
				key="$verb $words[i]"
				(($+_tidemill_options[$key])) && verb=$key
				break
			fi ;;
		esac
	done
	if [[ $previous == -* ]]; then
		key="$verb $previous"
		value=$_tidemill_values[$key]
		key=" $previous"
		[[ -z $value ]] && value=$_tidemill_values[$key]
		if [[ -n $value ]]; then
			_tidemill_words "$value"
			return
		fi
	fi
	if [[ -z $verb ]]; then
		_describe 'command' _tidemill_summaries
	elif [[ $PREFIX == -* ]]; then
		_tidemill_words "words:$_tidemill_options[$verb]"
	else
		_tidemill_words "${_tidemill_arguments[$verb]:-file}"
	fi
}
if [[ $funcstack[1] == _tidemill ]]; then
	_tidemill "$@"
elif (($+functions[compdef])); then
	compdef _tidemill tidemill
fi
]=]

--- Returns the script for zsh.
---@return string
function completion.zsh()
	local summaries = {}

	for _, name in ipairs(verbs.names()) do
		local verb = verbs.load(name)
		if not verb.hidden then
			summaries[#summaries + 1] = ("'%s:%s'"):format(name,
				(verb.summary:gsub("'", ""):gsub(":", "\\:")))
		end
	end
	local body = tables():gsub("(%g+)%[('.-')%]=('.-')\n", "%1+=(%2 %3)\n")
	return ZSH_HEAD
		.. ("_tidemill_summaries=(%s)\n"):format(
			table.concat(summaries, "\n"))
		.. body .. ZSH_TAIL
end

return completion
