import { mulberry32 } from './random.ts'

/** Common short words of English: with the space before it most tokenizers take each as one token. */
const words = `
able about above across act action add after again age ago agree air all almost alone along already
also always among amount animal another answer any appear apple area arm army around arrive art ask
back bad bag ball band bank bar base basic battle bear beat became because become bed been before
began begin behind being believe below best better between big bill bird black blood blue board boat
body bone book born both bottom box boy branch bread break bridge bright bring broke brother brought
brown build built burn business busy but buy call came camp can capital car card care carry case cat
catch cause cell center central century certain chair chance change chapter charge check chief child
choose church circle city claim class clean clear climb clock close cloth cloud club coast coat cold
collect college color come common company compare complete contain control cook cool copy corn corner
cost cotton could count country couple course court cover create cross crowd cry current cut dance
danger dark date daughter day dead deal death decide deep degree depend design desk detail develop
die differ dinner direct discuss distance divide doctor does dog dollar done door double doubt down
draw dream dress drink drive drop dry during dust duty each early earth ease east easy eat edge
education effect effort egg eight either electric else empty end enemy energy engine enjoy enough
enter equal escape even evening event ever every exact example except expect experience explain eye
face fact fair fall family famous far farm fast father favor fear feed feel feet fell felt few field
fight figure fill final find fine finger finish fire first fish fit five flat floor flow flower fly
follow food foot for force foreign forest form former forward found four free fresh friend from
front fruit full fun game garden gas gate gave general gentle get girl give glad glass goes gold
gone good got govern grand grass gray great green grew ground group grow guard guess guide gun had
hair half hall hand happen happy hard has hat have head hear heart heat heavy held help her here
high hill him his history hold hole home hope horse hospital hot hotel hour house how however huge
human hundred hunt hurry ice idea include increase indeed industry inside instead interest iron
island issue job join judge jump just keep kept key kind king knew know lady lake land language
large last late laugh law lay lead learn least leave led left leg less let letter level lie life
lift light like line lip list listen little live local long look lost lot love low machine made
mail main major make man many map mark market master match material matter may mean measure meat
meet member men mention method middle might mile milk mind mine minute miss model modern moment
money month moon more morning most mother motion mountain mouth move much music must name nation
nature near need never new news next nice night nine noise none nor north nose not note nothing
notice now number object ocean off offer office often oil old once one only open order other our
out outside over own page paint pair paper parent park part party pass past path pattern pay peace
people perhaps period person picture piece place plain plan plane plant play please plus point
police poor position possible pound power practice present president press pretty price print
private problem process produce product program proper protect prove provide public pull purpose
push put question quick quiet quite race radio rain raise range rate rather reach read ready real
reason receive record red region remain remember repeat reply report require rest result return
rich ride right ring rise river road rock roll room root rose round row rule run safe said sail
salt same sand save saw say scale school science score sea search season seat second secret section
see seed seem select sell send sense sent separate serve service set settle seven several shade
shall shape share sharp she sheet shell ship shoe shop shore short should shoulder shout show side
sight sign silent silver similar simple since sing single sister sit six size skill skin sky sleep
slow small smile snow social soft soil soldier some son song soon sort sound source south space
speak special speech speed spend spirit spot spread spring square stage stand star start state
station stay steel step still stock stone stood stop store story straight strange stream street
strong student study style subject success such sudden sugar suggest summer sun supply support sure
surface surprise system table tail take talk tall tax teach team tell ten term test than thank that
the them then there these they thick thin thing think third this those though thought thousand
three through throw thus time tiny together told tone took tool top total touch toward town track
trade train travel tree trip trouble truck true trust truth try turn twenty two type under unit
until upon use usual valley value various very view village visit voice wait walk wall want war
warm was wash watch water wave way wear weather week weight well went were west what wheel when
where which while white who whole whose why wide wife wild will win wind window winter wish with
within without woman women wonder wood word work world worth would write wrong yard year yellow yes
yet you young your`
  .trim()
  .split(/\s+/)

/**
 * So many words of English in no order that means anything, with a space between two of them and no
 * mark; the same for the same `state`, of up to 32 bits, and the shorter of two texts of a state
 * begins the longer one.
 */
export function writeWords(state: number, count: number): string {
  const random = mulberry32(state)
  const chosen: string[] = []
  while (chosen.length < count) {
    const word = words[Math.floor((random() / 2 ** 32) * words.length)]
    if (word !== undefined) chosen.push(word)
  }
  return chosen.join(' ')
}

/** The same of words of which none comes twice; of more than there are, each once. */
export function writeEachWord(state: number, count: number): string {
  const random = mulberry32(state)
  const chosen: string[] = []
  const left = [...words]
  while (chosen.length < count && left.length > 0) {
    const [word] = left.splice(Math.floor((random() / 2 ** 32) * left.length), 1)
    if (word !== undefined) chosen.push(word)
  }
  return chosen.join(' ')
}
