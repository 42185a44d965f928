// A shelf of posters; each is a button that chooses its movie, or a link to the movie's page.
export default function ({ data, parentElement, setTriggerValue }) {
  const shelf = parentElement.querySelector(".shelf")
  const tiles = data.tiles.map(({ id, label, note, picture, address }) => {
    const tile = document.createElement(address ? "a" : "button")
    if (address) tile.href = address
    else tile.type = "button"
    tile.className = "tile"
    tile.dataset.movie = id
    tile.setAttribute("aria-label", note ? `${label}, ${note}` : label)
    tile.title = label
    const image = document.createElement("img")
    image.src = picture
    image.alt = ""
    tile.append(image)
    if (note) {
      const text = document.createElement("span")
      text.className = "note"
      text.textContent = note
      tile.append(text)
    }
    tile.addEventListener("click", (event) => {
      if (address) {
        // With a key held down the browser opens a tab of its own.
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0)
      }
      setTriggerValue("chosen", id)
    })
    return tile
  })
  shelf.replaceChildren(...tiles)
}
