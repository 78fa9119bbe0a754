using TorchSharp;
using static TorchSharp.torch;

namespace WasmChord.Training;

/// <summary>
/// Two rules: matrices within layers move along their momentum made orthogonal (Jordan and others, "Muon", 2024), so
/// that directions in which gradients are small are learned as fast as the others; embeddings and norms by Adam with
/// decoupled weight decay (Loshchilov and Hutter, 2019).
/// </summary>
internal sealed class Optimizer
{
    private const double FirstDecay = 0.9, SecondDecay = 0.98, Tiny = 1e-8, WeightDecay = 0.1, LargestNorm = 1.0, Momentum = 0.95, MatrixDecay = 0.5;
    private readonly IReadOnlyDictionary<string, Tensor> _parameters;
    private readonly Dictionary<string, Tensor> _first = [], _second = [];
    private readonly List<string[]> _matrices; // names of matrices of one shape, up to transposition

    public Optimizer(IReadOnlyDictionary<string, Tensor> parameters)
    {
        _parameters = parameters;
        foreach ((string name, Tensor parameter) in parameters)
        {
            _first.Add(name, zeros_like(parameter));
            if (!IsMatrix(name)) _second.Add(name, zeros_like(parameter));
        }
        _matrices = [.. parameters.Where(pair => IsMatrix(pair.Key))
            .GroupBy(pair => (pair.Value.shape.Min(), pair.Value.shape.Max()), pair => pair.Key).Select(group => group.ToArray())];
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>Running means of gradients and of their squares, by parameter: what a checkpoint must hold.</summary>
    public IEnumerable<(string Name, Tensor State)> State =>
        _first.Select(pair => ($"first.{pair.Key}", pair.Value)).Concat(_second.Select(pair => ($"second.{pair.Key}", pair.Value)));

    /// <summary>Moves the parameters against their gradients, which it clears.</summary>
    /// <param name="rate">Rate of Adam's parameters.</param>
    /// <param name="matrixRate">Root mean square of the change of an entry of a matrix.</param>
    public void Step(double rate, double matrixRate)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Steps++;
        double norm = Math.Sqrt(_parameters.Values.Sum(p => (double)p.grad!.square().sum().item<float>()));
        double scale = norm > LargestNorm ? LargestNorm / norm : 1;
        double firstCorrection = 1 - Math.Pow(FirstDecay, Steps), secondCorrection = 1 - Math.Pow(SecondDecay, Steps);
        foreach (string name in _second.Keys)
        {
            Tensor parameter = _parameters[name];
            Tensor gradient = parameter.grad! * scale;
            _first[name].mul_(FirstDecay).add_(gradient, 1 - FirstDecay);
            _second[name].mul_(SecondDecay).addcmul_(gradient, gradient, 1 - SecondDecay);
            if (parameter.dim() > 1) parameter.mul_(1 - rate * WeightDecay);
            Tensor denominator = (_second[name] / secondCorrection).sqrt_().add_(Tiny);
            parameter.addcdiv_(_first[name], denominator, -rate / firstCorrection);
            parameter.grad!.zero_();
        }
        foreach (string[] names in _matrices) StepMatrices(names, scale, matrixRate);
    }

    private static bool IsMatrix(string name) =>
        name.StartsWith("blk.", StringComparison.Ordinal) && !name.EndsWith("norm.weight", StringComparison.Ordinal);

    private void StepMatrices(string[] names, double scale, double rate)
    {
        List<Tensor> directions = [];
        foreach (string name in names)
        {
            Tensor gradient = _parameters[name].grad! * scale;
            _first[name].mul_(Momentum).add_(gradient, 1 - Momentum);
            // Nesterov's momentum: the gradient counts once more.
            Tensor direction = gradient.mul_(1 - Momentum).add_(_first[name], Momentum);
            directions.Add(direction.shape[0] > direction.shape[1] ? direction.t() : direction);
            _parameters[name].grad!.zero_();
        }
        Tensor moves = Orthogonal(stack(directions)); // (matrices, short side, long side)
        double size = rate * Math.Sqrt(moves.shape[2]);
        for (int i = 0; i < names.Length; i++)
        {
            Tensor parameter = _parameters[names[i]], move = moves[i];
            parameter.mul_(1 - rate * MatrixDecay);
            parameter.add_(parameter.shape[0] > parameter.shape[1] ? move.t() : move, -size);
        }
    }

    // Newton and Schulz's iteration in the quintic form and with the coefficients of Muon: all singular values go
    // towards 1, near enough.
    private static Tensor Orthogonal(Tensor x)
    {
        const double A = 3.4445, B = -4.7750, C = 2.0315;
        const int Rounds = 5;
        x = x / (x.square().sum([1, 2], keepdim: true).sqrt() + 1e-7);
        for (int i = 0; i < Rounds; i++)
        {
            Tensor square = bmm(x, x.transpose(1, 2));
            Tensor polynomial = square * B + bmm(square, square) * C;
            x = x * A + bmm(polynomial, x);
        }
        return x;
    }
}
