// What several components share.
function element(kind, name, text) {
  const node = document.createElement(kind)
  node.className = name
  if (text !== undefined) node.textContent = text
  return node
}

// Move the keyboard's focus there if nothing has it in a moment: the button that was pressed, or its
// dialog, goes only after this was drawn.
function focusIfLost(node) {
  node.tabIndex = -1
  setTimeout(() => document.activeElement === document.body && node.focus(), 500)
}
