// All in one file.
export default {
  build: { rolldownOptions: { output: { codeSplitting: false } } },
};
