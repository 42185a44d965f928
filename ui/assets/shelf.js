// A shelf of posters; each is a button that chooses its movie.
export default function ({ data, parentElement, setTriggerValue }) {
  const shelf = parentElement.querySelector(".shelf")
  const tiles = data.tiles.map(({ id, label, note, picture }) => {
    const button = document.createElement("button")
    button.type = "button"
    button.dataset.movie = id
    button.setAttribute("aria-label", note ? `${label}, ${note}` : label)
    button.title = label
    const image = document.createElement("img")
    image.src = picture
    image.alt = ""
    button.append(image)
    if (note) {
      const text = document.createElement("span")
      text.className = "note"
      text.textContent = note
      button.append(text)
    }
    button.addEventListener("click", () => setTriggerValue("chosen", id))
    return button
  })
  shelf.replaceChildren(...tiles)
}
