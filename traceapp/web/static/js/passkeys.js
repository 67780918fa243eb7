// Passkeys: a button asks the service for options, lets the device sign, and sends its form.

for (const button of document.querySelectorAll("button[data-passkey]")) {
  const form = button.form;
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) continue;
  form.hidden = false;
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    if (!form.reportValidity()) return;
    try {
      const answer = await fetch(button.dataset.options, {
        method: "POST",
        headers: { "X-CSRFToken": form.elements.csrf_token.value },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const options = await answer.json();
      const credential = button.dataset.passkey === "make"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      form.querySelector("[data-passkey-error]").hidden = false;
    }
  });
}
