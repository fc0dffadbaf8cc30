// Stands for what is left out of the bundle.
const nothing = () => null;
export default nothing;
export const ReactMonacoEditorLazy = nothing;
export const ReactMonacoEditor = nothing;
export const CodeMirrorEditor = nothing;
export const OpenLayersProvider = nothing;
export const getFontStyles = nothing;
export const useMonaco = nothing;
export const Editor = nothing;
export const DiffEditor = nothing;
export const loader = { config: nothing, init: () => Promise.resolve({}) };
