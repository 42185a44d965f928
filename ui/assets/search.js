// A field that finds movies while one types: a combobox with a list below it, which covers what
// lies beneath and moves nothing. What is typed goes to Python with a number, and comes back with
// the movies that were found for it.
const DELAY = 150 // ms without a key before the server is asked
const LOST = 4000 // ms without an answer before it is asked once more

const fields = new WeakMap()

function create(place) {
  const box = element("div", "box")
  const input = element("input", "input")
  const list = element("div", "results")
  input.type = "search"
  input.autocomplete = "off"
  input.spellcheck = false
  input.setAttribute("role", "combobox")
  input.setAttribute("aria-autocomplete", "list")
  input.setAttribute("aria-expanded", "false")
  input.setAttribute("aria-controls", "results")
  list.id = "results"
  list.setAttribute("role", "listbox")
  list.hidden = true
  box.append(input, list)
  place.append(box)
  return { input, list, asked: Date.now(), active: -1, enter: false }
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const place = parentElement.querySelector(".search")
  if (!fields.has(place)) fields.set(place, create(place))
  const field = fields.get(place)
  const { input, list } = field
  input.parentElement.classList.toggle("header", data.header)
  input.placeholder = data.label
  input.setAttribute("aria-label", data.label)
  list.setAttribute("aria-label", data.label)

  const options = () => [...list.querySelectorAll("[role=option]")]
  const open = (shown) => {
    list.hidden = !shown
    input.setAttribute("aria-expanded", String(shown))
  }
  const activate = (at) => {
    field.active = at
    options().forEach((option, i) => option.setAttribute("aria-selected", String(i === at)))
    const option = options()[at]
    if (option) input.setAttribute("aria-activedescendant", option.id)
    else input.removeAttribute("aria-activedescendant")
    option?.scrollIntoView({ block: "nearest" })
  }
  const choose = (value) => {
    setTriggerValue("chosen", [value, input.value.trim()])
    input.value = ""
    field.enter = false
    field.asked++ // what comes for the old text is no longer shown
    open(false)
    activate(-1)
  }
  const ask = () => {
    clearTimeout(field.timer)
    const text = input.value.trim()
    field.asked++
    if (!text) return open(false)
    setStateValue("asked", [field.asked, text])
    const sent = field.asked
    const lost = () => field.asked === sent && list.dataset.asked !== String(sent)
    field.timer = setTimeout(() => lost() && ask(), LOST) // drawn between two runs of the page
  }
  input.oninput = () => {
    field.enter = false
    clearTimeout(field.timer)
    if (input.value.trim()) field.timer = setTimeout(ask, DELAY)
    else ask()
  }
  input.onfocus = () => {
    if (input.value.trim() && options().length) open(true)
  }
  place.onfocusout = (event) => {
    if (!place.contains(event.relatedTarget)) open(false)
  }
  input.onkeydown = (event) => {
    const all = options()
    if (event.key === "Escape") open(false)
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      if (list.hidden) return
      const step = event.key === "ArrowDown" ? 1 : -1
      activate((field.active + step + all.length) % all.length)
    } else if (event.key === "Enter") {
      event.preventDefault()
      const known = !list.hidden && Number(list.dataset.asked) === field.asked
      if (known) (all[field.active] ?? all[0])?.click()
      else if (input.value.trim()) {
        ask()
        field.enter = true // take the first as soon as it is found
      }
    }
  }

  if (data.asked !== field.asked || list.dataset.asked === String(data.asked)) return
  list.dataset.asked = data.asked
  const rows = data.results.map((movie, i) => {
    const row = element("div", "result")
    row.id = `result-${i}`
    row.setAttribute("role", "option")
    row.dataset.movie = movie.id
    const image = element("img", "picture")
    image.src = movie.picture
    image.alt = ""
    const words = element("span", "words")
    words.append(element("span", "title", movie.title), element("span", "year", movie.year))
    if (movie.note) words.append(element("span", "note", movie.note))
    row.append(image, words)
    row.onclick = () => choose(movie.id)
    return row
  })
  if (data.add) {
    const row = element("div", "result add", `Add “${input.value.trim()}” to the catalogue`)
    row.id = "result-add"
    row.setAttribute("role", "option")
    row.onclick = () => choose("add")
    rows.push(row)
  }
  for (const row of rows) row.onmousedown = (event) => event.preventDefault() // keep the focus
  list.replaceChildren(...rows)
  activate(-1)
  open(rows.length > 0)
  if (field.enter && data.results.length) rows[0].click()
}
