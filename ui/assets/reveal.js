// What was said of a night's movie and what it was given: two numbers, a sentence, a bar for each.
function number(word, stars, name) {
  const node = element("div", "one")
  node.append(word, element("b", name, stars))
  return node
}

function person({ name, initial, colour, given, shown, band, label }) {
  const at = (stars) => `${(100 * (Math.min(5, Math.max(0.5, stars)) - 0.5)) / 4.5}%`
  const row = element("li", "row")
  row.setAttribute("aria-label", label)
  row.title = label
  const face = element("span", "face", initial)
  face.style.setProperty("--face", colour)
  const line = element("span", "line")
  if (band) {
    const bar = element("span", "band")
    bar.style.left = at(band[0])
    bar.style.right = `calc(100% - ${at(band[1])})`
    line.append(bar)
  }
  const dot = element("span", "dot")
  dot.style.left = at(given)
  line.append(dot)
  row.append(face, line, element("span", "stars", shown))
  for (const part of row.children) part.setAttribute("aria-hidden", "true")
  return row
}

export default function ({ data, parentElement }) {
  const pair = element("div", "pair")
  if (data.said) pair.append(number("we said", data.said, "ours"))
  pair.append(number("you gave", data.gave, "given"))
  const list = element("ul", "rows")
  list.append(...data.rows.map(person))
  const parts = [element("h1", "title", data.title), pair]
  if (data.sentence) parts.push(element("p", "sentence", data.sentence))
  parentElement.querySelector(".reveal").replaceChildren(...parts, list)
  if (data.focus) focusIfLost(parts[0])
}
