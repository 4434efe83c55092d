/*
The scripts by which a shell asks jobtop for completions.
*/
import type {Console} from '../output/console.ts';

const bash = `# bash completion of jobtop: eval "$(jobtop completion bash)", or a file in /etc/bash_completion.d
_jobtop() {
	local line="\${COMP_LINE:0:COMP_POINT}" current='' prefix='' word about
	local -a words
	IFS=$' \\t\\n' read -ra words <<< "$line"
	if [[ $line != *[[:space:]] ]]; then
		current="\${words[\${#words[@]}-1]}"
		unset "words[\${#words[@]}-1]"
	fi
	# Readline replaces only what stands behind the last of these.
	[[ $COMP_WORDBREAKS == *:* ]] && prefix="\${current%"\${current##*[:=]}"}"
	COMPREPLY=()
	while IFS=$'\\t' read -r word about; do
		if [[ $word == :files ]]; then
			COMPREPLY=($(compgen -f -- "\${current##*=}"))
			type compopt &> /dev/null && compopt -o filenames 2> /dev/null
			return
		fi
		COMPREPLY+=("\${word#"$prefix"}")
	done < <("$1" __complete -- "\${words[@]:1}" "$current" 2> /dev/null)
	if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *: ]]; then
		type compopt &> /dev/null && compopt -o nospace 2> /dev/null
	fi
	return 0
}
complete -F _jobtop jobtop
`;

const zsh = `#compdef jobtop
# zsh completion of jobtop: source <(jobtop completion zsh) behind compinit, or a file _jobtop in a folder of fpath
_jobtop() {
	local word about
	local -a candidates shown unfinished
	while IFS=$'\\t' read -r word about; do
		if [[ $word == :files ]]; then
			_files
			return
		fi
		if [[ $word == *: ]]; then
			unfinished+=("$word")
		else
			candidates+=("$word")
			shown+=("$word\${about:+  -- $about}")
		fi
	done < <("\${(Q)words[1]}" __complete -- "\${(@Q)words[2,CURRENT]}" 2> /dev/null)
	(( $#unfinished )) && compadd -S '' -a unfinished
	(( $#candidates )) && compadd -l -d shown -a candidates
	return 0
}
if [[ $funcstack[1] == _jobtop ]]; then
	_jobtop "$@"
else
	compdef _jobtop jobtop
fi
`;

const fish = `# fish completion of jobtop: jobtop completion fish > ~/.config/fish/completions/jobtop.fish
function __jobtop_complete
	set -l words (commandline -opc)
	set -l current (commandline -ct)
	set -l program $words[1]
	set -e words[1]
	set -l candidates ($program __complete -- $words "$current" 2> /dev/null)
	if string match -q -- ':files*' "$candidates[1]"
		__fish_complete_path "$current"
	else if set -q candidates[1]
		printf '%s\\n' $candidates
	end
end
complete -c jobtop -f -a '(__jobtop_complete)'
`;

// csh itself completes file names only; tcsh, which is csh on most systems, takes this in both names.
const tcsh = `# tcsh completion of jobtop: jobtop completion tcsh > ~/.jobtop.tcsh, and in ~/.tcshrc: source ~/.jobtop.tcsh
complete jobtop 'p@*@\`jobtop __complete\`@'
`;

export const completions = {bash, zsh, fish, tcsh} as const;

export const printCompletion = (shell: keyof typeof completions, console: Console): number => {
	console.data(completions[shell]);
	return 0;
};
