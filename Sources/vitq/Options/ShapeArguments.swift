import ArgumentParser

/// On what shapes a model is run without a caller's data.
struct ShapeArguments: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Shape of an input, such as 1x3x224x224; by default what the model, the files beside it and "
        + "its first convolution say.",
      valueName: "[name=]shape"))
  var shape: [NamedShape] = []
}
