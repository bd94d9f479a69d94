// Shows one quote and where it came from: the environment and the version that answered.
const shown = (id) => document.getElementById(id);
const main = document.querySelector('main');

// The same name always gets the same colour; the usual three are far apart.
const usual = { dev: 210, test: 32, prod: 152 };
function hue(environment) {
  const name = environment.toLowerCase();
  return usual[name] ?? [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 0);
}

async function another() {
  main.setAttribute('aria-busy', 'true');
  try {
    const response = await fetch('api/quote', { cache: 'no-store' });
    if (!response.ok) throw new Error(`the application answered ${response.status}`);
    const { quote, author, appVersion, environmentName } = await response.json();
    shown('quote').textContent = quote;
    shown('author').textContent = author;
    shown('version').textContent = appVersion;
    shown('environment').textContent = environmentName;
    document.title = `Random Quotes in ${environmentName}`;
    document.documentElement.style.setProperty('--hue', hue(environmentName));
  } catch (problem) {
    shown('quote').textContent = 'No quote just now.';
    shown('author').textContent = problem.message;
  } finally {
    main.setAttribute('aria-busy', 'false');
  }
}

shown('another').addEventListener('click', another);
another();
