export type Shell = 'bash' | 'zsh' | 'fish';

// Each asks `cloud __complete -- WORDS…` with the words up to the cursor, and gets a line a candidate: the word, a tab,
// what it is. Nothing that comes back is ever run.
export const scripts: Record<Shell, string> = {
  bash: `# bash completion of cloud. Use: source <(cloud completion bash)
_cloud() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _cloud cloud
`,
  zsh: `#compdef cloud
# zsh completion of cloud. Use: source <(cloud completion zsh), or save it as _cloud in a directory of $fpath
_cloud() {
  local line
  local -a found
  while IFS= read -r line; do
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe 'cloud' found; else _files; fi
}
if [ "\${funcstack[1]}" = _cloud ]; then _cloud "$@"; else compdef _cloud cloud; fi
`,
  fish: `# fish completion of cloud. Use: cloud completion fish | source
function __cloud_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete -- $words[2..-1] 2>/dev/null
end
complete -c cloud -f -a '(__cloud_complete)'
complete -c cloud -n 'test -z "$(__cloud_complete)"' -F
`,
};
