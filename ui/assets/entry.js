// A field for one name after another: Enter or the button sends it, and the focus stays in the field.
const drawn = new WeakSet()

export default function ({ data, parentElement, setTriggerValue }) {
  const form = parentElement.querySelector(".entry")
  const first = !drawn.has(form)
  if (first) {
    drawn.add(form)
    form.append(document.createElement("input"), document.createElement("button"))
  }
  const [input, button] = form.children
  input.maxLength = data.longest
  input.placeholder = data.example
  input.autocomplete = "off"
  input.setAttribute("aria-label", data.label)
  button.textContent = data.button
  button.type = "button"
  const send = () => {
    const name = input.value.trim()
    input.focus()
    if (!name) return
    setTriggerValue("entered", name)
    input.value = ""
  }
  button.onclick = send
  input.onkeydown = (event) => {
    if (event.key === "Enter" && !event.isComposing) send()
  }
  if (first && data.first) input.focus({ preventScroll: true })
}
