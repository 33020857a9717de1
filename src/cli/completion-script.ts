import type { Command } from './command.ts'
import { helpOption } from './help.ts'
import type { Option } from './option.ts'
import type { Offer } from './value-kind.ts'

export type Commands = Readonly<Record<string, Command>>

/** Shells by name, each with the script that teaches it the commands. */
export const shells: Readonly<Record<'bash' | 'zsh' | 'fish', (commands: Commands) => string>> = {
  bash: renderBash,
  zsh: renderZsh,
  fish: renderFish,
}

function renderBash(commands: Commands): string {
  const values = listOptions(commands).flatMap(({ command, name, option }) =>
    option.value === undefined
      ? []
      : [`    ${patterns(command, name, option)}) ${offerBash(option.value.offers)} ;;`],
  )
  const rest = Object.entries(commands).flatMap(([command, { options, operands }]) => [
    `    '${command} '*' -'*) words='${listFlags(options)}' ;;`,
    `    '${command} '*) ${offerBash(operands?.offers)} ;;`,
  ])
  return `# Completion of slogate for bash: eval "$(slogate completion bash)"
_slogate() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} words=''
  COMPREPLY=()
  # Bash takes --policy=release for three words.
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if ((COMP_CWORD == 1)); then
    words='${Object.keys(commands).join(' ')} --help --version'
  else case "\${COMP_WORDS[1]} $prev $cur" in
${[...values, ...rest].join('\n')}
  esac fi
  # Where no words are left, bash itself offers files.
  if [[ $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); fi
}
complete -o default -F _slogate slogate
`
}

/** What the option before the cursor is called there: `'run --config '*|'run -c '*`. */
function patterns(command: string, name: string, { short }: Option): string {
  const flags = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]
  return flags.map((flag) => `'${command} ${flag} '*`).join('|')
}

function offerBash(offer: Offer | undefined): string {
  if (offer === 'files') return ':'
  if (offer === 'folders') return 'compopt -o dirnames +o default 2>/dev/null'
  if (offer === undefined) return 'compopt +o default 2>/dev/null'
  return `words='${offer().join(' ')}'`
}

function renderZsh(commands: Commands): string {
  const summaries = Object.entries(commands).map(
    ([name, { summary }]) => `    '${name}:${escapeZsh(summary)}'`,
  )
  const cases = Object.entries(commands).map(([command, { options, operands }]) => {
    const own = Object.entries({ ...options, help: helpOption }).map(describeZsh)
    const rest = operands === undefined ? [] : [`'*:${command}:${offerZsh(operands.offers)}'`]
    return `    ${command}) _arguments -s ${[...own, ...rest].join(' ')} ;;`
  })
  return `#compdef slogate
# Completion of slogate for zsh: eval "$(slogate completion zsh)"
_slogate() {
  local -a commands=(
${summaries.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${cases.join('\n')}
  esac
}
compdef _slogate slogate
`
}

function describeZsh([name, option]: [string, Option]): string {
  const once = option.repeated ? '*' : ''
  const { value } = option
  const tail = value === undefined ? '' : `:${value.name}:${offerZsh(value.offers)}`
  const text = `[${escapeZsh(option.description)}]${tail}`
  const long = `--${name}${value === undefined ? '' : '='}`
  if (option.short === undefined) return `'${once}${long}${text}'`
  const short = `-${option.short}${value === undefined ? '' : '+'}`
  const excluded = once === '' ? `(-${option.short} --${name})` : '*'
  return `'${excluded}'{${short},${long}}'${text}'`
}

function offerZsh(offer: Offer | undefined): string {
  if (offer === 'files') return '_files'
  if (offer === 'folders') return '_files -/'
  return offer === undefined ? ' ' : `(${offer().join(' ')})`
}

function escapeZsh(text: string): string {
  return quote(text.replace(/[[\]:\\]/g, '\\$&'))
}

function renderFish(commands: Commands): string {
  const names = Object.entries(commands).map(
    ([name, { summary }]) =>
      `complete -c slogate -n __fish_use_subcommand -a ${name} -d '${quote(summary)}'`,
  )
  const options = listOptions(commands).map(({ command, name, option }) =>
    [
      `complete -c slogate -n '__fish_seen_subcommand_from ${command}' -l ${name}`,
      ...(option.short === undefined ? [] : [`-s ${option.short}`]),
      ...(option.value === undefined ? [] : [offerFish(option.value.offers)]),
      `-d '${quote(option.description)}'`,
    ].join(' '),
  )
  const operands = Object.entries(commands).flatMap(([command, { operands }]) =>
    operands === undefined
      ? []
      : [
          `complete -c slogate -n '__fish_seen_subcommand_from ${command}' ${offerFish(operands.offers).replace('-r ', '')}`,
        ],
  )
  return `# Completion of slogate for fish: slogate completion fish | source
complete -c slogate -f
${[...names, ...options, ...operands].join('\n')}
`
}

function offerFish(offer: Offer | undefined): string {
  if (offer === 'files') return '-r -F'
  if (offer === 'folders') return `-x -a '(__fish_complete_directories)'`
  return offer === undefined ? '-x' : `-x -a '${offer().join(' ')}'`
}

interface Listed {
  command: string
  name: string
  option: Option
}

function listOptions(commands: Commands): Listed[] {
  return Object.entries(commands).flatMap(([command, { options }]) =>
    Object.entries({ ...options, help: helpOption }).map(([name, option]) => ({
      command,
      name,
      option,
    })),
  )
}

function listFlags(options: Command['options']): string {
  return Object.keys({ ...options, help: helpOption })
    .map((name) => `--${name}`)
    .join(' ')
}

/** For a text between single quotes, without the backticks of documents. */
function quote(text: string): string {
  return text.replaceAll('`', '').replaceAll("'", `'\\''`)
}
