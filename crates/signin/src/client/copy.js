const button = document.getElementById('copy');
const token = document.getElementById('token');
button.addEventListener('click', async () => {
  token.select();
  try {
    await navigator.clipboard.writeText(token.value);
    button.textContent = button.dataset.copied;
  } catch {
    // Selected at least: the user can copy it by keyboard.
  }
});
